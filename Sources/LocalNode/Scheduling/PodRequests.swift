import CRDTypes
import JSON

/// What a pod asks of a node, in thousandths of each resource: the sum over its containers and sidecars, or what an
/// init container needs where that is more (KEP-753).
struct PodRequests: Sendable, Hashable {
  private(set) var milli: [String: Int64] = ["pods": 1000]

  init(podSpec: JSONValue) {
    for container in podSpec["containers"]?.array ?? [] { add(container) }
    // While an init container runs, so do the sidecars that were started before it.
    var sidecars: [String: Int64] = [:]
    var peak: [String: Int64] = [:]
    for container in podSpec["initContainers"]?.array ?? [] {
      let own = Self.requests(container)
      if container["restartPolicy"]?.string == "Always" {
        add(container)
        sidecars.merge(own, uniquingKeysWith: +)
        peak.merge(sidecars, uniquingKeysWith: max)
      } else {
        peak.merge(own.merging(sidecars, uniquingKeysWith: +), uniquingKeysWith: max)
      }
    }
    milli.merge(peak, uniquingKeysWith: max)
    for (name, amount) in podSpec["overhead"]?.stringMap ?? [:] { milli[name, default: 0] += Quantity.milli(amount) ?? 0 }
  }

  subscript(resource: String) -> Int64 { milli[resource] ?? 0 }

  private mutating func add(_ container: JSONValue) {
    for (name, amount) in Self.requests(container) { milli[name, default: 0] += amount }
  }

  private static func requests(_ container: JSONValue) -> [String: Int64] {
    var out: [String: Int64] = [:]
    for part in ["limits", "requests"] {
      for (name, amount) in container[path: "resources", part]?.object ?? [:] {
        let text = amount.string ?? amount.integer.map(String.init) ?? ""
        if let milli = Quantity.milli(text) { out[name] = milli }
      }
    }
    return out
  }
}
