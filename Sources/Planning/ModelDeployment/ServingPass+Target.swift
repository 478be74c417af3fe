import CRDTypes
import JSON

/// Which revision is to serve.
extension ServingPass {
  /// What keeps the source from being followed.
  var trouble: (reason: String, message: String)? {
    switch seen.model {
    case .resolved: nil
    case .unavailable(let reason, let message), .absent(let reason, let message): (reason, message)
    }
  }

  /// What a model would be accepted for under `update: Manual`: everything of the spec but the number of pods and the
  /// way in, so that scaling does not let a new version in.
  var specDigest: String {
    var spec = spec
    (spec.replicas, spec.autoscaling, spec.ingress) = (nil, nil, nil)
    let value = (try? JSONValue(encoding: spec)) ?? .null
    return ShortHash.of(value.text())
  }

  mutating func findTarget() -> Target? {
    let isTried = plan.status.acceptedSpec == specDigest
    var model: ModelDeployment.ServedModel?
    switch seen.model {
    case .resolved(let found):
      let isHeld =
        spec.updatePolicy == .manual && isTried && plan.status.model?.source == found.source && stable != nil
      model = isHeld ? plan.status.model : found
      if !isHeld { plan.status.acceptedSpec = specDigest }
    case .unavailable, .absent:
      // What was served before goes on being served, unless the spec now names another source.
      if let last = plan.status.model, last.source == spec.model.sourceText { model = last }
    }
    let newest = model.flatMap { model -> Target? in
      // Without a way to MLflow pods of the same model would get another template than they have.
      guard let access = seen.access, let template = settings.template(resource, model, access) else { return nil }
      return Target(name: template.name, model: model, template: template.template)
    }
    plan.status.model = model ?? plan.status.model
    if let wanted = spec.rollout?.revision {
      if let kept = ledger[wanted] {
        return Target(
          name: kept.name, model: kept.record.model, template: nil, isReturn: kept.name != newest?.name || kept.isPromoted)
      }
      if let newest, newest.name == wanted { return newest }
      return stable.map { Target(name: $0.name, model: $0.record.model) }
    }
    if let newest { return newest }
    // The rollout under way goes on with what is known.
    let under = plan.status.candidate.flatMap { ledger[$0.name] }
    if let under, under.record.model?.source == spec.model.sourceText {
      return Target(name: under.name, model: under.record.model)
    }
    return stable.map { Target(name: $0.name, model: $0.record.model) }
  }

  /// What is said where the spec returns to a revision that is not kept.
  var unknownReturn: String? {
    guard let wanted = spec.rollout?.revision, ledger[wanted] == nil else { return nil }
    let kept = ledger.inOrder.filter(\.isPromoted).map(\.name).joined(separator: ", ")
    return "spec.rollout.revision: there is no revision \(wanted); kept are \(kept.isEmpty ? "none" : kept)"
  }

  /// A version that the source now means and that `update: Manual` keeps from being served.
  var heldBack: ModelDeployment.ServedModel? {
    guard case .resolved(let found) = seen.model, spec.updatePolicy == .manual, let served = plan.status.model,
      served.source == found.source, served != found
    else { return nil }
    return found
  }

  /// Everything that a failed revision was tried with: when it is another, the revision is tried again.
  func attempt(of target: Target) -> String {
    var rollout = spec.rollout ?? ModelDeployment.Rollout()
    (rollout.paused, rollout.abort, rollout.historyLimit, rollout.keepWarm, rollout.drain) = (nil, nil, nil, nil, nil)
    let value = (try? JSONValue(encoding: rollout)) ?? .null
    return ShortHash.of(target.name + value.text())
  }
}
