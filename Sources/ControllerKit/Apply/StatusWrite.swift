import CRDTypes
import JSON

/// Decides whether a status is to be written, and what.
struct StatusWrite: Sendable {
  /// The object to apply to the status subresource. It carries the UID, so that a later object of the same name is
  /// never given this status.
  let manifest: DynamicObject
  let isNeeded: Bool
  /// Whether more than progress changed: a condition is new or gone, or has another status, reason or generation.
  let isUrgent: Bool

  init(_ status: some Encodable, of resource: DynamicObject, volatile: Set<String>) throws {
    let wanted = try JSONValue(encoding: status)
    var manifest = DynamicObject([
      "apiVersion": .string(resource.apiVersion), "kind": .string(resource.kind), "status": wanted,
    ])
    manifest.name = resource.name
    manifest.namespace = resource.namespace
    if !resource.uid.isEmpty { manifest.json[path: "metadata", "uid"] = .string(resource.uid) }
    self.manifest = manifest
    let existing = resource.status.isNull ? .object([:]) : resource.status
    isNeeded = Self.settled(wanted, volatile) != Self.settled(existing, volatile)
    isUrgent = Self.verdicts(wanted) != Self.verdicts(existing)
  }

  /// What the conditions of a status say, without their messages and times.
  private static func verdicts(_ status: JSONValue) -> [String: [JSONValue?]] {
    let conditions = (status["conditions"]?.array ?? []).map { condition in
      (condition["type"]?.string ?? "", ["status", "reason", "observedGeneration"].map { condition[$0] })
    }
    return Dictionary(conditions) { $1 }
  }

  /// The value without what alone does not call for a write, and with numbers in the one form that they have after
  /// a way through the server, which writes 1.0 as 1.
  private static func settled(_ value: JSONValue, _ volatile: Set<String>) -> JSONValue {
    switch value {
    case .object(let members):
      var out: JSONObject = [:]
      for (key, member) in members where !volatile.contains(key) && !member.isNull {
        out[key] = settled(member, volatile)
      }
      return .object(out)
    case .array(let elements): return .array(elements.map { settled($0, volatile) })
    case .number(let number): return Int64(exactly: number).map { .integer($0) } ?? value
    default: return value
    }
  }
}
