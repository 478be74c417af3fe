import CRDTypes
import FoundationEssentials
import JSON

/// Where a list that came in pages goes on: the `continue` token, which clients hand back unread.
struct ContinueToken: Sendable, Hashable {
  /// The revision of the first page, which every page reports.
  let revision: Int64
  /// The key of the last object that was given out.
  let last: ObjectKey

  init(revision: Int64, last: ObjectKey) {
    self.revision = revision
    self.last = last
  }

  init(_ text: String) throws {
    guard let data = Data(base64Encoded: text), let json = try? JSONValue(parsing: data),
      let revision = json["rv"]?.integer, let name = json["start"]?.string
    else { throw StatusError.badRequest("continue key is not valid: malformed token") }
    self.revision = revision
    last = ObjectKey(namespace: json["namespace"]?.string, name: name)
  }

  var text: String {
    let json = JSONValue.compact([
      "rv": .integer(revision), "start": .string(last.name), "namespace": last.namespace.map(JSONValue.string),
    ])
    return Data(json.bytes()).base64EncodedString()
  }
}

/// One page of a list.
struct ListPage: Sendable {
  var items: [JSONValue]
  let revision: Int64
  let next: ContinueToken?
  let remaining: Int?
}
