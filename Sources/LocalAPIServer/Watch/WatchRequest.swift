import FoundationEssentials
import JSON

/// A watch that was accepted: what it is about, and what it begins with.
struct WatchRequest: Sendable {
  let resource: Resource
  let filter: ObjectFilter
  let presentation: Presentation
  let options: Presentation.Options
  /// The lines to begin with: the objects there are, or the changes since the revision the client knows.
  let initial: [WatchLine]
  /// Whether the watch ends after `initial`: it begins with the error that says why.
  let isRefused: Bool
  let sendsBookmarks: Bool
  /// When the server ends the watch.
  let timeout: Duration
}

/// One line of a watch.
struct WatchLine: Sendable {
  enum Kind: String, Sendable {
    case added = "ADDED", modified = "MODIFIED", deleted = "DELETED", bookmark = "BOOKMARK", error = "ERROR"
  }

  let kind: Kind
  let object: JSONValue
  /// The text of the object, where it is sent as it is stored.
  private let encoding: SharedEncoding?

  /// What a change means to a watch with a filter: objects come and go as they begin and cease to match.
  init?(_ event: StoredEvent, filter: ObjectFilter, resource: Resource, encoding: SharedEncoding? = nil) {
    let isStored =
      event.object["apiVersion"]?.string == resource.groupVersion.description
      && event.object["kind"]?.string == resource.kind
    let encoding = isStored ? encoding : nil
    let object = resource.served(event.object)
    let matched = event.previous.map { filter.matches(resource.served($0)) } ?? false
    let matches = event.kind != .deleted && filter.matches(object)
    switch (matched, matches) {
    case (false, false): return nil
    case (false, true): self.init(.added, object, encoding)
    case (true, true): self.init(.modified, object, encoding)
    case (true, false):
      // The state that still matched, at the revision at which it ceased to.
      var last = event.previous.map(resource.served) ?? object
      last[meta: "resourceVersion"] = .string(String(event.revision))
      self.init(.deleted, last)
    }
  }

  init(_ kind: Kind, _ object: JSONValue, _ encoding: SharedEncoding? = nil) {
    self.kind = kind
    self.object = object
    self.encoding = encoding
  }

  /// A sign that everything up to a revision was sent; `endsInitial` marks the end of the first objects.
  static func bookmark(_ resource: Resource, revision: Int64, endsInitial: Bool = false) -> WatchLine {
    var object: JSONValue = [
      "kind": .string(resource.kind), "apiVersion": .string(resource.groupVersion.description),
      "metadata": ["resourceVersion": .string(String(revision)), "creationTimestamp": .null],
    ]
    if endsInitial { object[path: "metadata", "annotations", "k8s.io/initial-events-end"] = "true" }
    return WatchLine(.bookmark, object)
  }

  static func refusal(_ error: StatusError) -> WatchLine { WatchLine(.error, error.status) }

  /// The line as it is sent.
  func bytes(_ request: WatchRequest, now: Date) -> [UInt8] {
    if request.presentation == .whole, let encoding {
      return Array(#"{"object":"#.utf8) + encoding.bytes + Array((#","type":"\#(kind.rawValue)"}"# + "\n").utf8)
    }
    let shown: JSONValue =
      switch kind {
      case .error: object
      case .bookmark where request.presentation == .table:
        TablePrinter(request.resource, now: now)
          .table([], metadata: object["metadata"] ?? .object([:]), request.options)
      default: request.presentation.object(object, resource: request.resource, options: request.options, now: now)
      }
    let line: JSONValue = ["type": .string(kind.rawValue), "object": shown]
    return line.bytes() + [UInt8(ascii: "\n")]
  }
}
