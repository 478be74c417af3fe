public import JSON

/// A change to an object, in one of the forms that the API server takes.
public enum Patch: Sendable, Hashable {
  /// JSON merge patch (RFC 7386): objects are merged, `null` removes, lists are replaced.
  case merge(JSONValue)
  /// JSON patch (RFC 6902): operations in order; a `test` that fails refuses the whole patch with 422.
  case json(JSONPatch)
  /// Strategic merge patch: lists are merged by their key. Built-in kinds only; custom resources answer 415.
  case strategic(JSONValue)

  var contentType: String {
    switch self {
    case .merge: "application/merge-patch+json"
    case .json: "application/json-patch+json"
    case .strategic: "application/strategic-merge-patch+json"
    }
  }

  var body: [UInt8] {
    switch self {
    case .merge(let document), .strategic(let document): document.bytes()
    case .json(let patch): patch.document.bytes()
    }
  }
}
