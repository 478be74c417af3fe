public import CRDTypes
public import FoundationEssentials

/// Decides when a feature set is brought online, and what is said of it.
///
/// What a materialisation did comes back with the next observation and goes into status, which is what the next one
/// is decided from. A crash in between loses only the knowledge of it: it is then done again, to the same result.
public struct FeatureSetPlanner: Planner {
  public typealias Resource = FeatureSet
  public typealias Observation = FeatureSetObservation
  public typealias Record = FeatureSetRecord

  public struct Settings: Sendable, Hashable {
    /// How often the source is looked at for a set that is not online.
    public var check: Duration = .seconds(300)
    /// How soon a database that did not answer is tried again; doubled with each failure, up to the set's interval.
    public var retry: Duration = .seconds(10)

    public init() {}
  }

  private let settings: Settings

  public init(_ settings: Settings = Settings()) { self.settings = settings }

  public func plan(
    _ resource: FeatureSet, observing now: FeatureSetObservation, at time: Date
  ) -> Plan<FeatureSet.Status, FeatureSetRecord> {
    var conditions = ConditionList(generation: resource.metadata.generation)
    var status = resource.status ?? FeatureSet.Status()
    status.observedGeneration = resource.metadata.generation
    var plan = Plan<FeatureSet.Status, FeatureSetRecord>(status: status)
    guard resource.metadata.deletionTimestamp == nil else { return plan }

    let problems = resource.spec.problems()
    if !problems.isEmpty {
      conditions.invalid(problems)
    } else if resource.spec.online?.redis != nil {
      conditions.stalled(
        "NotYetSupported",
        "spec.online.redis: this version brings features online in PostgreSQL only; set "
          + "spec.online.postgres")
    } else {
      if resource.spec.timeBound == .strict { conditions.notSupported(["spec.pointInTime: Strict"]) }
      pass(resource, now, &conditions, &plan, at: time)
    }
    plan.status.conditions = conditions.final(after: resource.status?.conditions, at: time)
    plan.events = conditions.event(after: resource.status?.conditions, action: "Materialize")
    return plan
  }

  private func pass(
    _ resource: FeatureSet, _ now: FeatureSetObservation, _ conditions: inout ConditionList,
    _ plan: inout Plan<FeatureSet.Status, FeatureSetRecord>, at time: Date
  ) {
    let progress = MaterializationProgress(resource, now, at: time, retry: settings.retry)
    plan.status = progress.status
    plan.next = .after(settings.check)
    if case .unavailable(let trouble) = now.source {
      conditions.set("Materialized", progress.isMaterialized, trouble.reason, trouble.message)
      report(trouble, "spec.source", &conditions)
      plan.next = .after(progress.retryDelay)
    } else if case .checked(let wrong) = now.source, !wrong.isEmpty {
      let message = wrong.prefix(8).joined(separator: "; ")
      conditions.set("Materialized", false, "InvalidDefinition", message)
      conditions.stalled("InvalidDefinition", message)
    } else if resource.spec.online == nil {
      conditions.set("Materialized", false, "NotOnline", "spec.online is not set: the features are for training only")
      conditions.ready("DefinitionValid", "the definition fits table \(resource.spec.source.table)")
    } else {
      materialize(resource, now, progress, &conditions, &plan, at: time)
    }
    if resource.spec.online != nil { freshness(resource, progress, &conditions, &plan, at: time) }
    check(progress.status, &conditions)
  }

  private func materialize(
    _ resource: FeatureSet, _ now: FeatureSetObservation, _ progress: MaterializationProgress,
    _ conditions: inout ConditionList, _ plan: inout Plan<FeatureSet.Status, FeatureSetRecord>, at time: Date
  ) {
    if resource.spec.isSuspended {
      plan.status.nextMaterializationTime = nil
      conditions.set("Suspended", true, "SpecSuspend", "spec.suspend is true: what is online stays as it is")
    } else {
      let due = max(0, progress.due.timeIntervalSince(time))
      if due == 0 {
        plan.steps = [.record(.materialize(after: progress.watermark, version: now.version))]
        plan.next = .after(.zero)
      } else {
        plan.next = .after(.milliseconds(Int64((due * 1000).rounded(.up))))
        plan.status.nextMaterializationTime = Timestamp.text(progress.due)
      }
    }
    let rows = plan.status.rows ?? 0
    if progress.isMaterialized {
      conditions.set("Materialized", true, "RowsOnline", "\(rows) entities are in table \(now.table)")
    } else {
      conditions.set("Materialized", false, "NotYet", "table \(now.table) has not been filled yet")
    }
    if let failure = progress.failure {
      report(failure, "materialisation", &conditions)
    } else if progress.isMaterialized {
      conditions.ready("Materialized", "\(rows) entities are online in table \(now.table)")
    } else if resource.spec.isSuspended {
      conditions.set("Ready", false, "Suspended", "spec.suspend is true, and nothing was brought online before")
    } else {
      conditions.reconciling("Materializing", "table \(now.table) is being filled for the first time")
    }
  }

  private func report(
    _ trouble: FeatureSetObservation.Trouble, _ what: String, _ conditions: inout ConditionList
  ) {
    let message = "\(what): \(trouble.message)"
    if trouble.isTransient {
      conditions.reconciling(trouble.reason, message, isTrouble: true)
    } else {
      conditions.stalled(trouble.reason, message)
    }
  }

  /// Fresh: the source was last brought over no longer than `maxLag` ago (three intervals where that is not set), and
  /// what came is not all older than the time to live.
  private func freshness(
    _ resource: FeatureSet, _ progress: MaterializationProgress, _ conditions: inout ConditionList,
    _ plan: inout Plan<FeatureSet.Status, FeatureSetRecord>, at time: Date
  ) {
    guard let watermark = progress.watermark, let limit = resource.spec.freshnessLimit else {
      conditions.set("Fresh", .unknown, "NotMaterialized", "nothing has been brought online yet")
      return
    }
    let allowed = DurationText.text(limit)
    let left = limit.inSeconds - time.timeIntervalSince(watermark)
    let newest = progress.status.newestEventTime.flatMap(Timestamp.date)
    let newestText = progress.status.newestEventTime ?? "none"
    if left < 0 {
      conditions.set(
        "Fresh", false, "Lagging",
        "the source was last brought over at \(Timestamp.text(watermark)), more than \(allowed) ago")
    } else if let ttl = resource.spec.timeToLive, newest.map({ time.timeIntervalSince($0) > ttl.inSeconds }) ?? true {
      conditions.set(
        "Fresh", false, "SourceStale",
        "the newest event is older than ttl \(DurationText.text(ttl)), so no feature has a value; newest: \(newestText)"
      )
    } else {
      conditions.set("Fresh", true, "UpToDate", "the source was brought over within the last \(allowed)")
      // Freshness ends by itself, so somebody has to look then.
      plan.next = plan.next.earliest(.after(.milliseconds(Int64(left * 1000) + 1000)))
    }
  }

  private func check(_ status: FeatureSet.Status, _ conditions: inout ConditionList) {
    guard let results = status.checks, !results.isEmpty else { return }
    let failed = results.filter { $0.verdict == "Failed" }
    let messages = failed.prefix(8).compactMap(\.message).joined(separator: "; ")
    conditions.set(
      "ChecksPassed", failed.isEmpty, failed.isEmpty ? "WithinLimits" : "LimitBroken",
      failed.isEmpty ? "\(results.count) checks passed" : messages)
  }
}
