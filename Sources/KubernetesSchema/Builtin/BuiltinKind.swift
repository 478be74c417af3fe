public import JSON

/// A kind that comes with Kubernetes.
public struct BuiltinKind: KindSchema {
  public let group: String
  public let version: String
  public let kind: String
  public let plural: String
  public let shortNames: [String]
  public let categories: [String]
  public let isNamespaced: Bool
  public let hasStatus: Bool
  public let hasScale: Bool
  /// Whether objects can only be posted, as reviews are.
  public let isCreateOnly: Bool
  public let schema: Schema

  /// The kind in lower case, as `kubectl` accepts it.
  public var singular: String { kind.lowercased() }

  /// What can be done with the kind's objects.
  public var verbs: [String] {
    isCreateOnly
      ? ["create"] : ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"]
  }

  /// Every kind, in the table's order.
  public static let all: [BuiltinKind] = builtinKindTable.split(separator: "\n").compactMap(BuiltinKind.init(row:))

  private static let index: [String: BuiltinKind] = Dictionary(
    all.map { ("\($0.group)/\($0.version)/\($0.kind)", $0) }, uniquingKeysWith: { first, _ in first })

  public static func named(group: String, version: String, kind: String) -> BuiltinKind? {
    index["\(group)/\(version)/\(kind)"]
  }

  private init?(row: Substring) {
    let words = row.split(separator: " ").map(String.init)
    guard words.count >= 4 else { return nil }
    let parts = words[0].split(separator: "/").map(String.init)
    group = parts.count > 1 ? parts[0] : ""
    version = parts.last ?? ""
    kind = words[1]
    plural = words[2]
    let flags = words[3]
    shortNames = words.dropFirst(4).filter { !$0.hasPrefix("=") }
    categories = flags.contains("a") ? ["all"] : []
    isNamespaced = flags.contains("n")
    hasStatus = flags.contains("s")
    hasScale = flags.contains("z")
    isCreateOnly = flags.contains("c")
    let typeName = words.last { $0.hasPrefix("=") }.map { String($0.dropFirst()) } ?? words[1]
    schema = BuiltinTypes.schema(typeName).with { node in
      node.properties["apiVersion"] = Schema(SchemaNode(.string)).with {
        $0.summary = "The versioned schema of this representation of an object."
      }
      node.properties["kind"] = Schema(SchemaNode(.string)).with {
        $0.summary = "The REST resource that this object represents."
      }
      node.properties["metadata"] = BuiltinTypes.objectMeta.with {
        $0.presence = .always
        $0.summary = "Standard object metadata."
      }
    }
  }

  public func decodeError(_ object: JSONValue) -> DecodeError? { GoDecoding.error(object, schema, kind: kind) }

  public func unknownFields(_ object: JSONValue) -> [String] { schema.strictProblems(object) }

  /// The object as Go writes what it read: known fields only, zero values left out, quantities in canonical form.
  public func pruned(_ object: JSONValue) -> JSONValue { GoForm.normalized(object, schema) ?? object }

  public func defaulted(_ object: JSONValue) -> JSONValue {
    KindDefaults.apply(to: schema.defaulting(object), group: group, kind: kind)
  }

  /// The object with what the API server's strategies add on creation: a Job's selector, first status, and the like.
  /// The metadata (name, uid) must be filled in. Status that was sent is dropped where it has an endpoint of its own.
  public func preparedForCreate(_ object: JSONValue) -> JSONValue { CreationStrategy.prepare(object, self) }

  public func validateCreate(_ object: JSONValue) -> [FieldError] { KindRules.create(object, self) }

  public func validateUpdate(_ new: JSONValue, old: JSONValue) -> [FieldError] { KindRules.update(new, old: old, self) }

  public func validateStatusUpdate(_ new: JSONValue, old: JSONValue) -> [FieldError] {
    ObjectMetaValidation.update(new, old: old)
  }
}
