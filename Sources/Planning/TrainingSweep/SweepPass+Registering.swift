import CRDTypes
import FoundationEssentials
import JSON

/// How far the registration of a sweep's best model is.
enum RegistrationState: Sendable, Hashable {
  /// It is being made.
  case pending
  case done(TrainingSweep.RegisteredModel)
  /// Nothing can be registered.
  case impossible(TrialProblem)
}

extension SweepPass {
  /// Registers the best run's model, once: a version that carries the sweep and the run in its tags counts as made,
  /// whoever made it.
  mutating func register() -> RegistrationState? {
    guard let wanted = sweep.spec.register, let best = ranking.best(ledger.trials),
      let run = best.attempts.last?.run
    else { return nil }
    if let done = previous.registered, done.runID == run.id { return .done(done) }
    guard let registry = observation.registry, registry.runID == run.id else {
      // The best run is known to the gathering side only once status names it, and its cache has that.
      wake(at: now.addingTimeInterval(0.2))
      return .pending
    }
    if let version = registry.version, wanted.alias.map(version.aliases.contains) ?? true {
      return .done(
        TrainingSweep.RegisteredModel(
          model: wanted.model, version: "\(version.number)", alias: wanted.alias, runID: run.id))
    }
    guard
      let logged = wanted.artifact.map({ name in registry.models.first { $0.name == name } }) ?? registry.models.first
    else { return .impossible(Self.missing(wanted, registry, best)) }
    finalSteps.append(
      .record(
        .register(
          SweepRegistration(
            model: wanted.model, alias: wanted.alias, runID: run.id, logged: logged,
            tags: versionTags(best), identity: identity(run.id)))))
    wake(at: now)
    return .pending
  }

  private static func missing(
    _ wanted: TrainingSweep.Registration, _ registry: RegistryObservation, _ best: SweepTrial
  ) -> TrialProblem {
    let names = registry.models.map(\.name)
    let message =
      names.isEmpty
      ? "the best run (trial \(best.number)) logged no model: log one in the training code, such as with "
        + "mlflow.sklearn.log_model, and run a new sweep"
      : "the best run (trial \(best.number)) logged no model \(wanted.artifact ?? ""); it logged "
        + "\(names.joined(separator: ", ")): change spec.register.artifact"
    return TrialProblem("ModelNotLogged", message)
  }

  /// What tells the version of this sweep apart from every other.
  private func identity(_ run: String) -> [String: String] {
    [SweepKeys.Tag.sweepUID: sweep.metadata.uid ?? "", SweepRegistration.runTag: run]
  }

  private func versionTags(_ best: SweepTrial) -> [String: String] {
    var tags = identity(best.attempts.last?.run?.id ?? "")
    tags[SweepKeys.Tag.sweep] = "\(sweep.metadata.namespace ?? "")/\(sweep.metadata.name ?? "")"
    tags[SweepKeys.Tag.trial] = "\(best.number)"
    tags["martlet.metric"] = design.metrics
    if let value = ranking.value(best) { tags[SweepKeys.Tag.value] = TrialRanking.text(value) }
    tags[SweepKeys.Tag.parameters] = JSONValue(best.parameters).text()
    return tags
  }

  /// Says on the best run why it won, and on one that was the best before that it is no longer.
  mutating func explainBest() {
    guard let best = ranking.best(ledger.trials), let run = best.attempts.last?.run, let value = ranking.value(best)
    else { return }
    let text = explanation(best, value)
    if run.tags[SweepKeys.Tag.best] != text {
      finalSteps.append(.record(.log(id: run.id, tags: [SweepKeys.Tag.best: text])))
    }
    let superseded = "superseded by trial \(best.number)"
    for other in ledger.trials.lazy.flatMap(\.attempts).compactMap(\.run) where other.id != run.id {
      guard let said = other.tags[SweepKeys.Tag.best], said != superseded else { continue }
      finalSteps.append(.record(.log(id: other.id, tags: [SweepKeys.Tag.best: superseded])))
    }
  }

  private func explanation(_ best: SweepTrial, _ value: Double) -> String {
    let ranked = ranking.ranked(ledger.trials, limit: 2)
    let feasible = ledger.trials.count { ranking.values($0) != nil }
    let results = ledger.trials.count { if case .succeeded = $0.state { true } else { false } }
    let extreme = design.objectives[0].goal == .maximize ? "highest" : "lowest"
    var text = "\(extreme) \(design.metrics) (\(TrialRanking.text(value))) of \(feasible) trials"
    if !design.constraints.isEmpty {
      text += " that keep the constraints on \(design.constraints.map(\.metric).joined(separator: ", "))"
      if results > feasible { text += ", which \(results - feasible) others break" }
    }
    if ranked.count > 1, let second = ranking.value(ranked[1]) {
      text += "; next is trial \(ranked[1].number) with \(TrialRanking.text(second))"
    }
    return text
  }
}
