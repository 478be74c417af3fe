import CRDTypes
import JSON

/// What is told of a deployment.
extension ServingPass {
  mutating func report(_ target: Target?, _ progress: Progress) {
    let live = ledger.inOrder.filter { $0.name == plan.status.stable?.name || $0.name == plan.status.candidate?.name }
    let serving = ledger[plan.status.stable?.name ?? plan.status.candidate?.name ?? ""]
    let ready = serving?.state.ready ?? 0
    let desired = serving?.replicas ?? spec.replicaCount
    plan.status.replicas = live.reduce(0) { $0 + $1.state.total }
    plan.status.readyReplicas = ready
    plan.status.desiredReplicas = desired
    plan.status.ready = "\(ready)/\(desired)"
    plan.status.selector = "\(ServingPlanner.podLabel)=\(ChildLabels.labelValue(name))"
    plan.status.url = url
    let available = live.reduce(0) { $0 + $1.state.available }
    conditions.set(
      "Available", available > 0 || desired == 0,
      available > 0 ? "ReplicasReady" : desired == 0 ? "ScaledToZero" : "NoReplicaReady",
      "\(available) replicas answer")
    if plan.status.candidate != nil { wake(after: settings.rolloutPoll) }
    let said = words(target, progress, serving)
    let isMoving = plan.status.candidate != nil || !(serving?.state.isDone ?? false)
    conditions.set("Progressing", isMoving && target != nil, said.reason, said.message)
    let isCurrent =
      target != nil && runtimeTrouble == nil && trouble == nil && heldBack == nil && unknownReturn == nil
      && target?.name == plan.status.stable?.name && plan.status.candidate == nil && !isChanging
    let source = spec.rollout?.revision.map { "revision \($0)" } ?? plan.status.model?.uri ?? "the model"
    conditions.set(
      "UpToDate", isCurrent, isCurrent ? "ServingResolvedModel" : outdated.reason ?? said.reason,
      isCurrent ? "every replica serves \(source)" : outdated.message ?? said.message)
    summarize(target, said, serving)
  }

  private var url: String {
    let inside = "http://\(name).\(resource.metadata.namespace ?? "").svc"
    guard let ingress = spec.ingress else {
      return spec.entry == .gateway
        ? "http://\(plan.status.stable?.name ?? name).\(resource.metadata.namespace ?? "").svc" : inside
    }
    return IngressManifest.url(ingress, observed: seen.ingress) ?? inside
  }

  /// Whether a revision's Deployment is being written.
  private var isChanging: Bool {
    plan.steps.contains { step in
      switch step {
      case .apply(let object): object.kind == ResourceType.deployment.kind && object.name == plan.status.stable?.name
      default: false
      }
    }
  }

  /// Why the newest is not what serves, where that is not for the rollout itself.
  private var outdated: (reason: String?, message: String?) {
    if let runtimeTrouble { return ("RuntimeNotFound", runtimeTrouble) }
    if let trouble { return trouble }
    if let unknownReturn { return ("RevisionNotFound", unknownReturn) }
    if let held = heldBack {
      let message =
        "\(held.source) now means \(held.uri ?? ""); spec.update is Manual: change the spec to serve it, such as "
        + "spec.model, or set spec.update to Automatic"
      return ("UpdateAvailable", message)
    }
    return (nil, nil)
  }

  private typealias Words = (reason: String, message: String, kind: Kind)
  private enum Kind { case done, moving, troubled, stuck }

  /// The state of the rollout in a word and a sentence.
  private func words(_ target: Target?, _ progress: Progress, _ serving: ServedRevision?) -> Words {
    let candidate = plan.status.candidate?.name ?? target?.name ?? ""
    let share = share(candidate, progress)
    switch progress.phase {
    case .preparing(let state): return preparing(candidate, state)
    case .warming: return ("WarmingUp", "\(candidate): the request of spec.rollout.warmUp is sent to its pods", .moving)
    case .shifting:
      if let trouble = HTTPRouteManifest.trouble(of: seen.httpRoute) { return ("RouteRefused", trouble, .troubled) }
      let routers = DeploymentState(seen.router.deployment)
      if spec.entry == .router, let stuck = routers.stuck {
        return ("RouterNotReady", "Deployment \(name)-traffic, \(routers.message): \(stuck)", .troubled)
      }
      return (
        "ShiftingTraffic",
        spec.entry == .gateway
          ? "the Gateway has not told yet that it has the weights"
          : "not all of \(seen.router.pods.count) routers have the weights yet", .moving
      )
    case .holding(let left): return ("Holding", "\(share); the step ends in \(DurationText.text(left))", .moving)
    case .atPause:
      return ("PausedAtStep", "\(share); the step pauses: remove its pause, or promote \(candidate) by hand", .moving)
    case .paused: return ("Paused", "\(share); spec.rollout.paused keeps it there", .moving)
    case .unjudged(let what): return ("ChecksUnknown", "\(share); \(what)", .moving)
    case .failed(let reason, let message):
      return (reason, "\(candidate.isEmpty ? target?.name ?? "" : candidate) was given up: \(message)", .stuck)
    case .barred:
      let failure = plan.status.lastFailure
      return (
        failure?.reason ?? "RolloutFailed",
        "\(target?.name ?? "") was given up: \(failure?.message ?? ""); it is tried again when the model, the server or "
          + "spec.rollout changes", .stuck
      )
    case .aborted:
      return ("Aborted", "spec.rollout.abort keeps all traffic on \(plan.status.stable?.name ?? "")", .done)
    case .steady, .promoted: return settled(serving)
    }
  }

  private func preparing(_ candidate: String, _ state: String) -> Words {
    guard let revision = ledger[candidate], let trouble = revision.objects.troubles.first else {
      let (revision, said) = (ledger[candidate], "\(candidate): \(state)")
      guard let stuck = revision?.state.stuck else { return ("RollingOut", said, .moving) }
      let silent = revision?.objects.unanswered.map { "; \($0)" } ?? ""
      return ("ProgressDeadlineExceeded", "\(said): \(stuck)\(silent)", .stuck)
    }
    let said = "pod \(trouble.pod): \(trouble.reason)\(trouble.message.isEmpty ? "" : ": \(trouble.message)")"
    return (trouble.reason, said, revision.state.stuck == nil ? .troubled : .stuck)
  }

  private func settled(_ serving: ServedRevision?) -> Words {
    guard let serving else { return ("RollingOut", "the Deployment is being made", .moving) }
    if serving.objects.digests.count > 1 {
      let digests = serving.objects.digests.sorted().joined(separator: ", ")
      return (
        "ModelDigestsDiffer",
        "pods of \(serving.name) have different files of \(serving.record.model?.uri ?? "the model"): \(digests)", .troubled
      )
    }
    let state = serving.state
    if state.isDone, !isChanging {
      return ("Serving", "\(state.ready) of \(serving.replicas) replicas serve \(serving.record.model?.uri ?? "")", .done)
    }
    if let trouble = serving.objects.troubles.first {
      let said = "pod \(trouble.pod): \(trouble.reason)\(trouble.message.isEmpty ? "" : ": \(trouble.message)")"
      return (trouble.reason, said, state.stuck == nil ? .troubled : .stuck)
    }
    if let stuck = state.stuck {
      let silent = serving.objects.unanswered.map { "; \($0)" } ?? ""
      return ("ProgressDeadlineExceeded", "\(state.message): \(stuck)\(silent)", .stuck)
    }
    return ("RollingOut", isChanging ? "the Deployment is being changed" : state.message, .moving)
  }

  private mutating func summarize(_ target: Target?, _ said: Words, _ serving: ServedRevision?) {
    if target == nil, runtimeTrouble == nil, !lacksKeys, let trouble {
      let isAwaited = if case .absent = seen.model { true } else { false }
      conditions.reconciling(trouble.reason, trouble.message, isTrouble: !isAwaited)
      return
    }
    if let keyTrouble {
      conditions.reconciling("APIKeySecretNotFound", keyTrouble, isTrouble: true)
      return
    }
    if let runtimeTrouble {
      conditions.stalled("RuntimeNotFound", runtimeTrouble)
      return
    }
    if let unknownReturn {
      conditions.stalled("RevisionNotFound", unknownReturn)
      return
    }
    if spec.entry == .gateway, let refused = HTTPRouteManifest.trouble(of: seen.httpRoute) {
      conditions.reconciling("RouteRefused", refused, isTrouble: true)
      return
    }
    switch said.kind {
    case .moving: conditions.reconciling(said.reason, said.message)
    case .troubled: conditions.reconciling(said.reason, said.message, isTrouble: true)
    case .stuck: conditions.stalled(said.reason, said.message)
    case .done:
      if let trouble {
        // It serves; that its source cannot be followed is said by UpToDate.
        conditions.ready("ServingLastKnownModel", "\(said.message); \(trouble.message)")
      } else {
        conditions.ready(said.reason, said.message)
      }
    }
  }
}
