import CRDTypes
import FoundationEssentials
import JSON

/// Which objects there are to be.
extension ServingPass {
  /// How many pods serve all of the traffic.
  var wantedReplicas: Int64 {
    guard let scaling = spec.autoscaling else { return spec.replicaCount }
    return min(max(stable?.replicas ?? scaling.minimum, scaling.minimum), scaling.max)
  }

  /// Who is to answer, and who gets copies.
  func split(_ target: Target?, _ progress: Progress) -> TrafficSplit {
    guard let serving = plan.status.stable?.name else { return TrafficSplit(target.map { [$0.name: 100] } ?? [:]) }
    guard let candidate = plan.status.candidate?.name, candidate != serving else { return TrafficSplit([serving: 100]) }
    if progress.isMirrored {
      return TrafficSplit([serving: 100], mirror: .init(revision: candidate, share: progress.weight))
    }
    return TrafficSplit([candidate: progress.weight, serving: 100 - progress.weight])
  }

  mutating func bringAbout(_ target: Target?, _ progress: Progress) {
    let split = split(target, progress)
    if let serving = stable {
      ensure(
        serving.name, target, replicas: spec.autoscaling == nil ? spec.replicaCount : nil,
        floor: spec.autoscaling?.minimum ?? 0, promotedTime: plan.status.stable?.promotedTime)
    }
    let gone = retire(split)
    lead(split, without: gone)
    // Last, so that whatever keeps a new revision from being made keeps no traffic where it should not be.
    if let target, plan.status.candidate?.name == target.name, target.name != stable?.name {
      let needed = progress.replicas ?? wantedReplicas
      ensure(target.name, target, replicas: spec.autoscaling == nil ? needed : nil, floor: needed, promotedTime: nil)
    }
    // The address of a Service that is gone may be another's at once: it stays for as long as a router may use it.
    if isUnused(gone) {
      for name in gone { delete(name) }
      plan.status.history?.removeAll { gone.contains($0.name) }
    }
    describe(split)
  }

  /// Makes a revision's objects, or brings them to what is asked for.
  ///
  /// - Parameters:
  ///   - replicas: how many pods; nil where an autoscaler decides.
  ///   - floor: the least that an autoscaler may decide.
  private mutating func ensure(
    _ name: String, _ target: Target?, replicas: Int64?, floor: Int64, promotedTime: String?
  ) {
    let existing = ledger[name]
    let generated = target?.name == name ? target?.template : nil
    guard let template = generated ?? existing?.objects.deployment.spec["template"] else { return }
    let scaling = spec.autoscaling.map { max(1, min(floor, $0.max))...max(1, $0.max) }
    let count = replicas ?? max(existing?.replicas ?? floor, existing?.replicas == 0 ? floor : 1)
    let manifests = RevisionManifests(
      resource: resource, name: name, model: target?.name == name ? target?.model : existing?.record.model,
      template: template, replicas: count, scaling: scaling, promotedTime: promotedTime)
    let wanted = manifests.deployment
    if let deployment = existing?.objects.deployment {
      // A revision whose template was made in another way keeps what it has: only its size is the operator's.
      let isOurs =
        generated != nil
        && deployment.annotations[RevisionTemplate.annotation] == wanted.annotations[RevisionTemplate.annotation]
      if isOurs {
        plan.apply(wanted, over: deployment)
      } else {
        resize(deployment, to: count, promotedTime: promotedTime)
      }
    } else {
      plan.steps.append(.apply(wanted))
    }
    let others: [(DynamicObject?, DynamicObject?)] = [
      (manifests.service, existing?.objects.service), (manifests.disruptionBudget, existing?.objects.disruptionBudget),
      (manifests.autoscaler, existing?.objects.autoscaler),
    ]
    for case (let object?, let present) in others { plan.apply(object, over: present) }
    if manifests.autoscaler == nil { plan.delete(.horizontalPodAutoscaler, existing?.objects.autoscaler) }
  }

  private mutating func resize(_ deployment: DynamicObject, to count: Int64, promotedTime: String?) {
    var patch: JSONObject = [:]
    if deployment.spec["replicas"]?.integer != count { patch["spec"] = ["replicas": .integer(count)] }
    if let promotedTime, deployment.annotations[ServedRevision.promotedAnnotation] != promotedTime {
      patch["metadata"] = ["annotations": [ServedRevision.promotedAnnotation: .string(promotedTime)]]
    }
    guard !patch.isEmpty else { return }
    plan.steps.append(.patch(ObjectReference(.deployment, deployment.key), .object(patch)))
  }

  /// Scales revisions without traffic down once they have drained, and gives those that are not kept.
  private mutating func retire(_ split: TrafficSplit) -> Set<String> {
    let live = Set([plan.status.stable?.name, plan.status.candidate?.name].compactMap { $0 })
    let failed = plan.status.failedRevision?.name
    // What is no longer there is not told of.
    plan.status.history = plan.status.history?.filter { ledger[$0.name] != nil && !live.contains($0.name) }
    for revision in ledger.inOrder where !live.contains(revision.name) && revision.name != failed {
      guard plan.status.history?.contains(where: { $0.name == revision.name }) != true else { continue }
      var record = revision.record
      (record.weight, record.retiredTime) = (0, record.retiredTime ?? nowText)
      remember(record)
    }
    let isMoved = isInEffect(split)
    var drained: Set<String> = []
    for revision in ledger.inOrder where !live.contains(revision.name) {
      let record =
        revision.name == failed
        ? plan.status.failedRevision : plan.status.history?.first { $0.name == revision.name }
      var keep: Duration = spec.entry == .service ? .zero : spec.drainTime
      if record?.promotedTime != nil { keep = max(keep, spec.warmTime) }
      let passed = elapsed(since: record?.retiredTime) ?? .zero
      if passed < keep {
        wake(after: keep - passed)
      } else if isMoved {
        plan.delete(.horizontalPodAutoscaler, revision.objects.autoscaler)
        resize(revision.objects.deployment, to: 0, promotedTime: nil)
        if revision.replicas == 0, revision.state.total == 0 { drained.insert(revision.name) }
      }
    }
    let kept = (plan.status.history ?? []).filter { $0.promotedTime != nil }
      .sorted { ($0.retiredTime ?? "", $0.name) > ($1.retiredTime ?? "", $1.name) }
      .prefix(Int(spec.historyLimit)).map(\.name)
    return drained.subtracting(kept).subtracting([failed].compactMap { $0 })
  }

  private mutating func delete(_ name: String) {
    guard let objects = ledger[name]?.objects else { return }
    plan.delete(.horizontalPodAutoscaler, objects.autoscaler)
    plan.delete(.podDisruptionBudget, objects.disruptionBudget)
    plan.delete(.service, objects.service)
    plan.delete(.deployment, objects.deployment)
  }

  /// Brings the revisions in status up to date.
  private mutating func describe(_ split: TrafficSplit) {
    let isMoving = plan.status.candidate != nil
    func told(_ record: ModelDeployment.Revision?) -> ModelDeployment.Revision? {
      guard var record else { return nil }
      let revision = ledger[record.name]
      record.weight = Int64(split.weights[record.name] ?? 0)
      record.mirrored = split.mirror.flatMap { $0.revision == record.name ? Int64($0.share) : nil }
      if record.model?.digest == nil, let digest = revision?.record.model?.digest { record.model?.digest = digest }
      record.replicas = revision?.replicas ?? record.replicas
      record.readyReplicas = revision?.state.ready ?? 0
      (record.requests, record.clientErrors, record.serverErrors, record.meanLatency) = (nil, nil, nil, nil)
      if isMoving { count(into: &record) }
      return record
    }
    plan.status.stable = told(plan.status.stable)
    plan.status.candidate = told(plan.status.candidate)
    plan.status.history = plan.status.history?.compactMap { record in
      var record = record
      let revision = ledger[record.name]
      (record.replicas, record.readyReplicas) = (revision?.replicas ?? 0, revision?.state.ready ?? 0)
      return record
    }
    // The schema holds no more; the rest is told again when these have gone.
    plan.status.history = plan.status.history.map { Array($0.prefix(20)) }
    if plan.status.history?.isEmpty == true { plan.status.history = nil }
  }
}
