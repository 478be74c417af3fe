import JSON

/// A kind with the paths under which it is served.
public struct OpenAPIKind: Sendable {
  public var schema: any KindSchema
  public var plural: String
  public var isNamespaced: Bool
  public var hasStatus: Bool
  public var hasScale: Bool

  public init(schema: any KindSchema, plural: String, isNamespaced: Bool, hasStatus: Bool, hasScale: Bool) {
    self.schema = schema
    self.plural = plural
    self.isNamespaced = isNamespaced
    self.hasStatus = hasStatus
    self.hasScale = hasScale
  }

  /// The key of the kind's schema: the reversed group, the version and the kind.
  var componentName: String {
    let group = schema.group.split(separator: ".").reversed().joined(separator: ".")
    if let package = schema.schema.package, let type = schema.schema.typeName {
      return type == schema.kind ? "\(package).\(type)" : "\(package).\(type).\(schema.kind)"
    }
    return "\(group.isEmpty ? "core" : group).\(schema.version).\(schema.kind)"
  }

  var gvk: JSONValue {
    ["group": .string(schema.group), "version": .string(schema.version), "kind": .string(schema.kind)]
  }

  /// `/apis/apps/v1`, `/api/v1`.
  var root: String { schema.group.isEmpty ? "/api/\(schema.version)" : "/apis/\(schema.group)/\(schema.version)" }

  /// The path of the collection.
  var collection: String { root + (isNamespaced ? "/namespaces/{namespace}/" : "/") + plural }
}
