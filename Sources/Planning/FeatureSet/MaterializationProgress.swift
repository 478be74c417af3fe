import CRDTypes
import FoundationEssentials

/// How far a feature set has been brought online: its status with the last attempt taken in, and what follows.
struct MaterializationProgress: Sendable {
  /// The status, but for conditions.
  private(set) var status: FeatureSet.Status
  /// Where the next materialisation begins; nil to bring everything.
  let watermark: Date?
  /// Why the last attempt failed, where it did and this process has seen it.
  let failure: FeatureSetObservation.Trouble?
  /// When the next attempt is due.
  let due: Date
  /// How long until a database that did not answer is asked again.
  let retryDelay: Duration

  /// Whether the table of this definition has been filled.
  var isMaterialized: Bool { watermark != nil }

  init(_ resource: FeatureSet, _ now: FeatureSetObservation, at time: Date, retry: Duration) {
    var status = resource.status ?? FeatureSet.Status()
    status.observedGeneration = resource.metadata.generation
    if status.version != now.version {
      // Another definition has another table, which begins empty.
      status = FeatureSet.Status(
        observedGeneration: resource.metadata.generation, conditions: status.conditions,
        lastMaterializationTime: status.lastMaterializationTime)
      status.version = now.version
    }
    status.table = resource.spec.online == nil ? nil : now.table
    var failure: FeatureSetObservation.Trouble?
    if let attempt = now.attempt, attempt.version == now.version {
      status.lastAttemptTime = Timestamp.text(attempt.ended)
      switch attempt.outcome {
      case .succeeded(let through, let written, let profile):
        status.take(through: through, written: written, profile, checks: resource.spec.checks ?? [], at: attempt.ended)
      case .failed(let trouble):
        status.failures = (status.failures ?? 0) + 1
        failure = trouble
      }
    } else if let old = resource.status?.conditions?["Ready"], (status.failures ?? 0) > 0 {
      // Known from status alone: what the last attempt said stays said until there is another.
      failure = FeatureSetObservation.Trouble(
        reason: old.reason, message: old.message.droppingPrefix("materialisation: "),
        isTransient: resource.status?.conditions?["Stalled"] == nil)
    }
    let interval = resource.spec.interval ?? .seconds(300)
    let doublings = min(Int(status.failures ?? 0), 16)
    let retryDelay = min(max(interval, retry), retry * (1 << max(0, doublings - 1)))
    let last = status.lastAttemptTime.flatMap(Timestamp.date)
    due = last.map { $0.addingTimeInterval((doublings > 0 ? retryDelay : interval).inSeconds) } ?? time
    status.nextMaterializationTime = nil
    watermark = status.watermark.flatMap(Timestamp.date)
    self.status = status
    self.failure = failure
    self.retryDelay = retryDelay
  }
}

extension FeatureSet.Status {
  fileprivate mutating func take(
    through: Date, written: Int64, _ profile: FeatureSetObservation.Profile, checks: [FeatureSet.FeatureCheck],
    at ended: Date
  ) {
    failures = nil
    lastMaterializationTime = Timestamp.text(ended)
    watermark = Timestamp.text(through)
    rowsWritten = written
    rows = profile.rows
    newestEventTime = profile.newestEvent.map(Timestamp.text)
    lag = profile.newestEvent.map { event in
      DurationText.text(.seconds(Int64(max(0, through.timeIntervalSince(event)))))
    }
    self.checks = checks.isEmpty ? nil : checks.map { $0.result(profile.features[$0.feature], rows: profile.rows) }
  }
}

extension FeatureSet.FeatureCheck {
  /// What the check says of a feature's values.
  fileprivate func result(
    _ observed: FeatureSetObservation.Profile.Feature?, rows: Int64
  ) -> FeatureSet.CheckResult {
    guard let observed, rows > 0 else {
      return FeatureSet.CheckResult(feature: feature, verdict: "Unknown", message: "\(feature): there are no rows")
    }
    var broken: [String] = []
    if let limit = nullFraction.flatMap(DecimalText.value), observed.nullFraction > limit {
      let share = (observed.nullFraction * 1000).rounded() / 10
      broken.append("\(share)% of the rows have no value, more than nullFraction \(nullFraction ?? "") allows")
    }
    if let limit = min.flatMap(DecimalText.value), let least = observed.min, least < limit {
      broken.append("the least value \(least) is below min \(min ?? "")")
    }
    if let limit = max.flatMap(DecimalText.value), let greatest = observed.max, greatest > limit {
      broken.append("the greatest value \(greatest) is above max \(max ?? "")")
    }
    return FeatureSet.CheckResult(
      feature: feature, verdict: broken.isEmpty ? "Passed" : "Failed",
      nullFraction: DecimalText.text((observed.nullFraction * 1e6).rounded() / 1e6),
      min: observed.min.flatMap(DecimalText.text), max: observed.max.flatMap(DecimalText.text),
      message: broken.isEmpty ? nil : "\(feature): " + broken.joined(separator: ", "))
  }
}

extension Duration {
  /// The duration in seconds.
  var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}

extension String {
  fileprivate func droppingPrefix(_ prefix: String) -> String {
    hasPrefix(prefix) ? String(dropFirst(prefix.count)) : self
  }
}
