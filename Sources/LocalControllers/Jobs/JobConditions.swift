import CRDTypes
import FoundationEssentials
import JSON

/// A Job's conditions while they are being decided: those that do not flip keep their time.
struct JobConditions: Sendable {
  private(set) var list: [JSONValue]
  private let now: Date

  init(_ list: [JSONValue], now: Date) {
    self.list = list
    self.now = now
  }

  /// The condition, if it is there and true.
  subscript(type: String) -> JSONValue? {
    list.first { $0["type"]?.string == type && $0["status"]?.string == "True" }
  }

  mutating func set(_ type: String, _ holds: Bool, reason: String, message: String) {
    let status = holds ? "True" : "False"
    let time = JSONValue.string(Timestamp.text(now))
    let index = list.firstIndex { $0["type"]?.string == type }
    if let index, list[index]["status"]?.string == status { return }
    let condition: JSONValue = [
      "type": .string(type), "status": .string(status), "reason": .string(reason), "message": .string(message),
      "lastProbeTime": time, "lastTransitionTime": time,
    ]
    if let index { list[index] = condition } else { list.append(condition) }
  }
}
