import CRDTypes
import ControllerKit
import Planning

/// Brings FeatureSets about.
struct FeatureSetController: Sendable {
  static let name = "feature-set"

  let sets: Informer
  let gather: FeatureSetGather
  let records: FeatureSetRecords
  let planner: FeatureSetPlanner
  let shell: ApplyShell
  let time: any TimeSource

  func sources() -> [Source] { [.primary(sets)] }

  func reconcile(_ key: ObjectKey, _ context: ReconcileContext) async throws -> Next {
    guard let cached = sets.object(key) else {
      gather.journal.forget(key)
      return .whenChanged
    }
    let object = shell.newest(of: cached, type: FeatureSet.type)
    let resource = try object.resource(FeatureSet.self)
    let observation = try await gather.read(resource)
    let plan = planner.plan(resource, observing: observation, at: time.date)
    let next = try await shell.carryOut(plan, for: object, type: FeatureSet.type) { record in
      try await records.carryOut(record, for: resource)
    }
    gather.journal.settle(observation.attempt, of: key)
    return next
  }
}
