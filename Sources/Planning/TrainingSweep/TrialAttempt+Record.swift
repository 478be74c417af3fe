import CRDTypes
import FoundationEssentials

extension TrialAttempt {
  /// The record of what became of it on its run, whose tags say so from then on.
  ///
  /// - Parameter parameters: the trial's. The training code may have logged some in its own way, and MLflow refuses
  ///   another value: those are left out.
  func record(
    _ outcome: TrialOutcome, on run: RunRecord, parameters: [String: String], _ design: SweepDesign, at now: Date
  ) -> SweepRecord {
    var tags = outcome.tags(seconds: seconds(at: now), podSeconds: podSeconds(at: now, pods: design.pods))
    if let job { tags[SweepKeys.Tag.job] = job.name }
    return .log(
      id: run.id, metrics: Self.aggregate(outcome, design),
      parameters: parameters.filter { run.parameters[$0.key] == nil }, tags: tags)
  }

  /// What the parent run of a cross-validation says for its folds.
  private static func aggregate(_ outcome: TrialOutcome, _ design: SweepDesign) -> [String: Double] {
    guard design.folds != nil, case .succeeded(let result) = outcome else { return [:] }
    var metrics: [String: Double] = [:]
    for (objective, value) in zip(design.objectives, result.values) { metrics[objective.metric] = value }
    if let spread = result.spread { metrics["\(design.objectives[0].metric)_std"] = spread }
    return metrics
  }
}
