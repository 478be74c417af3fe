public import JSON

/// The quality of service that a pod's requests and limits earn it.
public enum PodQoS {
  /// `Guaranteed` where every container limits cpu and memory to what it requests, `BestEffort` where none asks for
  /// either, else `Burstable`. Other resources do not count.
  public static func qosClass(podSpec: JSONValue) -> String {
    let containers = (podSpec["containers"]?.array ?? []) + (podSpec["initContainers"]?.array ?? [])
    var isGuaranteed = !containers.isEmpty
    var isBestEffort = true
    for container in containers {
      for resource in ["cpu", "memory"] {
        let limit = quantity(container, "limits", resource)
        let request = quantity(container, "requests", resource)
        if limit != nil || request != nil { isBestEffort = false }
        if limit == nil || request ?? limit != limit { isGuaranteed = false }
      }
    }
    return isBestEffort ? "BestEffort" : isGuaranteed ? "Guaranteed" : "Burstable"
  }

  private static func quantity(_ container: JSONValue, _ list: String, _ resource: String) -> Quantity? {
    guard let value = container[path: "resources", list, resource] else { return nil }
    guard let quantity = Quantity(value.string ?? value.text()), quantity.nanos != 0 else { return nil }
    return quantity
  }
}
