public import JSON

/// The JSON type that a schema asks for.
public enum SchemaType: String, Sendable, Hashable {
  case object, array, string, integer, number, boolean
  /// No type is asked for: `x-kubernetes-int-or-string`, or `x-kubernetes-preserve-unknown-fields` without a type.
  case any = ""
}

/// How the elements of a list are told apart when lists are merged (`x-kubernetes-list-type`).
public enum ListType: String, Sendable, Hashable { case atomic, set, map }

/// Whether an object's members are owned each or as one (`x-kubernetes-map-type`).
public enum MapType: String, Sendable, Hashable { case granular, atomic }

/// How a strategic merge patch treats a field (`x-kubernetes-patch-strategy`).
public enum PatchStrategy: String, Sendable, Hashable { case merge, replace, retainKeys }

/// A rule in the Common Expression Language on a node (`x-kubernetes-validations`).
public struct ValidationRule: Sendable, Hashable {
  public var rule: String
  public var message: String?
  public var messageExpression: String?
  public var reason: String?
  public var fieldPath: String?
  public var optionalOldSelf = false

  public init(rule: String) { self.rule = rule }
}

/// How Go writes a field of a built-in kind that has its zero value.
public enum GoPresence: Sendable, Hashable {
  /// Zero values are left out (`omitempty`).
  case omitsZero
  /// A pointer: what was given is written, zero or not.
  case pointer
  /// Always written; a struct as `{}`.
  case always
}

/// Everything that a schema says of one value; `Schema` shares it.
public struct SchemaNode: Sendable {
  public var type: SchemaType
  public var summary = ""
  public var title: String?
  public var properties: [String: Schema] = [:]
  public var items: Schema?
  public var additionalProperties: Schema?
  public var required: [String] = []
  public var enumeration: [JSONValue] = []
  public var minimum: Double?
  public var maximum: Double?
  public var exclusiveMinimum = false
  public var exclusiveMaximum = false
  public var multipleOf: Double?
  public var pattern: String?
  /// `pattern`, compiled when the schema was read.
  var compiledPattern: Pattern?
  public var format: String?
  public var minLength: Int?
  public var maxLength: Int?
  public var minItems: Int?
  public var maxItems: Int?
  public var minProperties: Int?
  public var maxProperties: Int?
  public var defaultValue: JSONValue?
  public var nullable = false
  public var preserveUnknownFields = false
  public var intOrString = false
  public var embeddedResource = false
  public var listType = ListType.atomic
  /// Whether the list type was written, not assumed.
  public var listTypeIsStated = false
  public var listMapKeys: [String] = []
  public var mapType = MapType.granular
  public var patchStrategy: Set<PatchStrategy> = []
  public var patchMergeKey: String?
  public var validations: [ValidationRule] = []
  public var allOf: [Schema] = []
  public var anyOf: [Schema] = []
  public var oneOf: [Schema] = []
  public var not: Schema?
  /// Built-in kinds: the Go type's name, such as `Container`, and the package of its OpenAPI definition.
  public var typeName: String?
  public var package: String?
  public var presence = GoPresence.omitsZero
  /// A Kubernetes quantity, written in canonical form.
  public var isQuantity = false
  /// The schema as the CRD has it, for OpenAPI documents.
  public var source: JSONValue?

  public init(_ type: SchemaType) { self.type = type }
}

/// A node of a structural schema: immutable and shared.
@dynamicMemberLookup
public final class Schema: Sendable {
  public let node: SchemaNode

  public init(_ node: SchemaNode) { self.node = node }

  public subscript<Value>(dynamicMember path: KeyPath<SchemaNode, Value>) -> Value { node[keyPath: path] }

  /// The schema of an object's member: its property, else that of additional properties.
  public func child(_ property: String) -> Schema? { node.properties[property] ?? node.additionalProperties }

  /// A copy with changes.
  public func with(_ change: (inout SchemaNode) -> Void) -> Schema {
    var copy = node
    change(&copy)
    return Schema(copy)
  }

  /// Any JSON, kept as it is.
  static let anything: Schema = {
    var node = SchemaNode(.any)
    node.preserveUnknownFields = true
    node.nullable = true
    return Schema(node)
  }()
}
