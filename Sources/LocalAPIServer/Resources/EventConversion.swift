import JSON

/// Events are one kind in two groups: stored as core/v1 Events, also served as events.k8s.io/v1 ones with other names
/// for the same fields (`pkg/apis/events/v1/conversion.go` upstream).
enum EventConversion {
  private static let renamed = [
    ("involvedObject", "regarding"), ("message", "note"), ("source", "deprecatedSource"),
    ("firstTimestamp", "deprecatedFirstTimestamp"), ("lastTimestamp", "deprecatedLastTimestamp"),
    ("count", "deprecatedCount"), ("reportingComponent", "reportingController"),
  ]

  static func toEventsGroup(_ core: JSONValue) -> JSONValue { convert(core, renamed) }

  static func toCore(_ event: JSONValue) -> JSONValue {
    var core = convert(event, renamed.map { ($1, $0) })
    for member in ["firstTimestamp", "lastTimestamp", "eventTime"] where core[member] == nil { core[member] = .null }
    if core["source"] == nil { core["source"] = .object([:]) }
    return core
  }

  private static func convert(_ object: JSONValue, _ names: [(String, String)]) -> JSONValue {
    var out = object
    for (from, to) in names {
      if let value = object[from] {
        out[from] = nil
        out[to] = value
      }
    }
    return out
  }
}

extension Resource {
  private var isEventsGroup: Bool { groupVersion.group == "events.k8s.io" && plural == "events" }

  /// A stored object in this version.
  func served(_ object: JSONValue) -> JSONValue {
    let isCore = object["apiVersion"]?.string == "v1"
    let converted = isEventsGroup && isCore ? EventConversion.toEventsGroup(object) : object
    return converted.served(apiVersion: groupVersion.description, kind: kind)
  }

  /// An object of this version as it is stored.
  func stored(_ object: JSONValue) -> JSONValue {
    guard isEventsGroup else { return object }
    return EventConversion.toCore(object).served(apiVersion: "v1", kind: "Event")
  }
}
