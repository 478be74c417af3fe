/// A JSON value of any shape: what Kubernetes calls unstructured content.
///
/// Integers keep 64 bits and are told apart from floating-point numbers, as Kubernetes does; the order of an
/// object's members is not kept (Kubernetes sorts them). Two values are equal when they are the same JSON; the
/// integer 1 and the number 1.0 are not equal.
public enum JSONValue: Sendable, Hashable {
  case null
  case bool(Bool)
  case integer(Int64)
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([String: JSONValue])
}

extension JSONValue {
  /// The value as a boolean, or nil where it is none.
  public var bool: Bool? {
    if case .bool(let value) = self { value } else { nil }
  }

  /// The value as an integer; a floating-point number without a fraction counts.
  public var integer: Int64? {
    switch self {
    case .integer(let value): value
    case .number(let value): Int64(exactly: value)
    default: nil
    }
  }

  /// The value as `Int`; nil where it is no integer.
  public var int: Int? { integer.map(Int.init) }

  /// The value as a floating-point number; integers count.
  public var double: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }

  /// The value as a string, or nil where it is none.
  public var string: String? {
    if case .string(let value) = self { value } else { nil }
  }

  /// The value as an array, or nil where it is none.
  public var array: [JSONValue]? {
    if case .array(let value) = self { value } else { nil }
  }

  /// The value as an object, or nil where it is none.
  public var object: [String: JSONValue]? {
    if case .object(let value) = self { value } else { nil }
  }

  /// An object whose members are all strings, such as labels; nil where it is anything else.
  public var stringMap: [String: String]? {
    guard let object else { return nil }
    var out: [String: String] = [:]
    out.reserveCapacity(object.count)
    for (key, value) in object {
      guard let text = value.string else { return nil }
      out[key] = text
    }
    return out
  }

  public var isNull: Bool { self == .null }

  /// The name of the value's JSON type, as validation messages write it.
  public var typeName: String {
    switch self {
    case .null: "null"
    case .bool: "boolean"
    case .integer: "integer"
    case .number: "number"
    case .string: "string"
    case .array: "array"
    case .object: "object"
    }
  }

  /// The member of an object. Reading gives nil where `self` is no object or has no such member; writing nil
  /// removes the member; writing to `null` makes it an object.
  public subscript(key: String) -> JSONValue? {
    get {
      if case .object(let members) = self { members[key] } else { nil }
    }
    set {
      switch self {
      case .object(var members):
        self = .null
        members[key] = newValue
        self = .object(members)
      case .null:
        guard let newValue else { return }
        self = .object([key: newValue])
      default:
        break
      }
    }
  }

  /// The element of an array, or nil where `self` is no array or is too short.
  public subscript(index: Int) -> JSONValue? {
    if case .array(let elements) = self, elements.indices.contains(index) { elements[index] } else { nil }
  }

  /// The value at a path of object members. Writing makes the objects on the way; writing nil removes the leaf.
  public subscript(path path: [String]) -> JSONValue? {
    get {
      var value = self
      for key in path {
        guard let next = value[key] else { return nil }
        value = next
      }
      return value
    }
    set {
      guard let first = path.first else {
        if let newValue { self = newValue }
        return
      }
      if path.count == 1 {
        self[first] = newValue
        return
      }
      if newValue == nil, self[first] == nil { return }
      var child = self[first] ?? .object([:])
      child[path: Array(path.dropFirst())] = newValue
      self[first] = child
    }
  }

  /// The value at a path of object members.
  public subscript(path path: String...) -> JSONValue? {
    get { self[path: path] }
    set { self[path: path] = newValue }
  }
}

// Not by `nil`: in `condition ? nil : value` it would be read as JSON's null where an absent member is meant.
extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByFloatLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByStringInterpolation
{
  public init(stringLiteral value: String) { self = .string(value) }
  public init(integerLiteral value: Int64) { self = .integer(value) }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  public init(floatLiteral value: Double) { self = .number(value) }
  public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(Dictionary(elements, uniquingKeysWith: { _, last in last }))
  }
}

extension JSONValue {
  public init(_ value: String) { self = .string(value) }
  public init(_ value: Int) { self = .integer(Int64(value)) }
  public init(_ value: Bool) { self = .bool(value) }
  public init(_ value: [String: String]) { self = .object(value.mapValues(JSONValue.string)) }
  public init(_ value: [String]) { self = .array(value.map(JSONValue.string)) }

  /// An object of the members that have a value: absent ones are left out, which server-side apply needs.
  public static func compact(_ members: KeyValuePairs<String, JSONValue?>) -> JSONValue {
    var out: [String: JSONValue] = [:]
    for (key, value) in members {
      if let value { out[key] = value }
    }
    return .object(out)
  }
}
