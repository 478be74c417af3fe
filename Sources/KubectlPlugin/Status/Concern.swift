import CRDTypes
import JSON

/// Something about an object that a person may want to act on, or wait for.
struct Concern: Sendable, Hashable {
  /// How bad it is, mildest first.
  enum Level: Int, Sendable, Hashable, Comparable {
    /// It is on its way; waiting helps.
    case waiting
    /// It works, but not as the spec says in full.
    case warning
    /// It does not work.
    case problem

    static func < (left: Level, right: Level) -> Bool { left.rawValue < right.rawValue }

    var name: String {
      switch self {
      case .waiting: "waiting"
      case .warning: "warning"
      case .problem: "problem"
      }
    }
  }

  let level: Level
  /// The conditions that say it, such as `Ready=False`; empty where there is no condition yet.
  var conditions: [String]
  let reason: String
  let message: String
}

extension Concern {
  /// What of an object's state is not fine, worst first. Conditions with the same reason count as one.
  static func all(of object: DynamicObject) -> [Concern] {
    let status = object.status
    guard let list = status["conditions"]?.array, !list.isEmpty else {
      return [
        Concern(
          level: .waiting, conditions: [], reason: "NotObserved", message: "no operator has reported on it yet")
      ]
    }
    let conditions = list.compactMap(StatedCondition.init)
    var out: [Concern] = []
    let observed = status["observedGeneration"]?.integer ?? 0
    if object.isDeleting {
      out.append(
        Concern(
          level: .waiting, conditions: [], reason: "Terminating",
          message: "it is being deleted" + remaining(object.finalizers)))
    } else if observed < object.generation {
      out.append(
        Concern(
          level: .waiting, conditions: [], reason: "NotObserved",
          message: "the operator has seen generation \(observed) of the spec, not yet \(object.generation)"))
    }
    let isReady = conditions.contains { $0.type == "Ready" && $0.status == "True" }
    let isStalled = conditions.contains { $0.type == "Stalled" && $0.status == "True" }
    let isReconciling = conditions.contains { $0.type == "Reconciling" && $0.status == "True" }
    for condition in conditions {
      guard let level = condition.level(isReady: isReady, isStalled: isStalled, isReconciling: isReconciling) else {
        continue
      }
      let name = "\(condition.type)=\(condition.status)"
      if let index = out.firstIndex(where: { !$0.conditions.isEmpty && $0.reason == condition.reason }) {
        let same = out[index]
        out[index] = Concern(
          level: max(same.level, level), conditions: same.conditions + [name], reason: same.reason,
          message: same.message)
      } else {
        out.append(
          Concern(level: level, conditions: [name], reason: condition.reason, message: condition.message))
      }
    }
    // A stable order: what the operator wrote first comes first among equals.
    return out.enumerated().sorted { ($1.element.level, $0.offset) < ($0.element.level, $1.offset) }.map(\.element)
  }

  private static func remaining(_ finalizers: [String]) -> String {
    finalizers.isEmpty ? "" : "; it waits for \(finalizers.joined(separator: ", "))"
  }
}

/// A condition as it stands in an object, whatever operator version wrote it.
struct StatedCondition: Sendable, Hashable {
  let type: String
  let status: String
  let reason: String
  let message: String

  init?(_ json: JSONValue) {
    guard let type = json["type"]?.string, let status = json["status"]?.string else { return nil }
    self.type = type
    self.status = status
    reason = json["reason"]?.string ?? ""
    message = json["message"]?.string ?? ""
  }

  /// Conditions that are fine when they are True.
  private static let wanted: Set<String> = ["Ready", "Available", "UpToDate", "Materialized", "Fresh", "ChecksPassed"]

  /// How bad the condition is; nil if it is fine, or only tells where the object is in its life.
  func level(isReady: Bool, isStalled: Bool, isReconciling: Bool) -> Concern.Level? {
    switch (type, status) {
    // Held by the spec itself, or a part that the spec does not ask for.
    case ("Ready", "False") where reason == "Suspended": return .warning
    case ("Materialized", "False") where reason == "NotOnline": return nil
    case ("Stalled", "True"): return .problem
    case ("Reconciling", "True"): return .waiting
    case ("FieldsNotSupported", "True"): return .warning
    case ("Suspended", "True"): return .warning
    case (_, "True"): return nil
    // A bounded thing that has ended badly says so with a reason; one that has not ended waits.
    case ("Succeeded", "False"): return isReconciling || reason == "Running" ? nil : .problem
    case (let type, _) where Self.wanted.contains(type):
      if isReady { return .warning }
      return isStalled ? .problem : isReconciling || status == "Unknown" ? .waiting : .problem
    default: return nil
    }
  }
}
