import CRDTypes
import JSON

/// What a sweep looks for, as its spec has it.
struct SweepGoal: Sendable, Hashable {
  struct Objective: Sendable, Hashable {
    var metric: String
    var maximizes: Bool
  }

  let objectives: [Objective]
  let constraints: [String]
  let parameters: [String]

  init(_ sweep: DynamicObject) {
    let several = sweep.spec["objectives"]?.array ?? sweep.spec["objective"].map { [$0] } ?? []
    objectives = several.map {
      Objective(metric: $0["metric"]?.string ?? "", maximizes: $0["goal"]?.string == "Maximize")
    }
    constraints = (sweep.spec["constraints"]?.array ?? []).compactMap { $0["metric"]?.string }
    parameters = (sweep.spec["parameters"]?.array ?? []).compactMap { $0["name"]?.string }
  }

  var metrics: [String] { objectives.map(\.metric) + constraints }

  /// Whether one value of the first objective is better than another; a missing one is worse than every other.
  func isBetter(_ left: Double?, than right: Double?) -> Bool {
    guard let left, left.isFinite else { return false }
    guard let right, right.isFinite else { return true }
    return objectives.first?.maximizes == true ? left > right : left < right
  }
}
