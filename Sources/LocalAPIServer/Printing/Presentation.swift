import FoundationEssentials
import JSON

/// In which form a client wants objects: whole, as a table, or only their metadata. From the `Accept` header.
enum Presentation: Sendable, Hashable {
  case whole, table, metadata

  struct Options: Sendable, Hashable {
    enum IncludeObject: String, Sendable { case none = "None", metadata = "Metadata", object = "Object" }
    var includeObject = IncludeObject.metadata

    init(_ query: Query) {
      includeObject = query["includeObject"].flatMap(IncludeObject.init(rawValue:)) ?? .metadata
    }
  }

  /// The first form of the header that is served; nil where none is.
  init?(_ accept: String) {
    for part in accept.split(separator: ",") {
      let fields = part.split(separator: ";").map { String($0.filter { $0 != " " }) }
      let parameters = Set(fields.dropFirst())
      guard let type = fields.first, ["application/json", "*/*", "application/*"].contains(type) else { continue }
      if parameters.contains("as=Table") {
        guard parameters.contains("g=meta.k8s.io"), parameters.contains("v=v1") else { continue }
        self = .table
      } else if parameters.contains("as=PartialObjectMetadata") || parameters.contains("as=PartialObjectMetadataList") {
        self = .metadata
      } else if parameters.contains(where: { $0.hasPrefix("as=") }) {
        continue
      } else {
        self = .whole
      }
      return
    }
    guard accept.isEmpty else { return nil }
    self = .whole
  }

  func object(_ object: JSONValue, resource: Resource, options: Options, now: Date) -> JSONValue {
    switch self {
    case .whole: return object
    case .metadata: return Self.partial(object)
    case .table:
      // Statuses have no table.
      guard object["kind"]?.string == resource.kind else { return object }
      let metadata: JSONValue = ["resourceVersion": .string(object.resourceVersion)]
      return TablePrinter(resource, now: now).table([object], metadata: metadata, options)
    }
  }

  func list(_ items: [JSONValue], metadata: JSONValue, resource: Resource, options: Options, now: Date) -> JSONValue {
    switch self {
    case .table: return TablePrinter(resource, now: now).table(items, metadata: metadata, options)
    case .whole:
      return [
        "kind": .string(resource.listKind), "apiVersion": .string(resource.groupVersion.description),
        "metadata": metadata,
        "items": .array(resource.isCustom ? items : items.map(Self.withoutType)),
      ]
    case .metadata:
      return [
        "kind": "PartialObjectMetadataList", "apiVersion": "meta.k8s.io/v1", "metadata": metadata,
        "items": .array(items.map(Self.partial)),
      ]
    }
  }

  /// Items of built-in lists do not repeat what the list says.
  private static func withoutType(_ object: JSONValue) -> JSONValue {
    var copy = object
    copy["kind"] = nil
    copy["apiVersion"] = nil
    return copy
  }

  static func partial(_ object: JSONValue) -> JSONValue {
    [
      "kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": object["metadata"] ?? .object([:]),
    ]
  }
}
