/// A JSON value of any shape: what Kubernetes calls unstructured content.
///
/// Integers keep 64 bits and are told apart from floating-point numbers, as Kubernetes does; an object's members are
/// sorted, as Kubernetes does. Two values are equal when they are the same JSON; the
/// integer 1 and the number 1.0 are not equal.
public enum JSONValue: Sendable, Hashable {
  case null
  case bool(Bool)
  case integer(Int64)
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object(JSONObject)
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
  public var object: JSONObject? {
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
    _modify {
      switch self {
      case .object(var members):
        // Nobody else holds the members while one of them is changed, so that they need not be copied.
        self = .null
        defer { self = .object(members) }
        yield &members[key]
      case .null:
        var member: JSONValue?
        defer { if let member { self = .object([key: member]) } }
        yield &member
      default:
        var ignored: JSONValue?
        yield &ignored
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
      if self[first] == nil {
        guard newValue != nil else { return }
        self[first] = .object([:])
      }
      self[first]?[path: Array(path.dropFirst())] = newValue
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
    self = .object(JSONObject(elements))
  }
}

extension JSONValue {
  public init(_ value: String) { self = .string(value) }
  public init(_ value: Int) { self = .integer(Int64(value)) }
  public init(_ value: Bool) { self = .bool(value) }
  public init(_ value: [String: String]) { self = .object(JSONObject(value.map { ($0.key, .string($0.value)) })) }
  public init(_ value: [String]) { self = .array(value.map(JSONValue.string)) }

  /// An object of the members that have a value: absent ones are left out, which server-side apply needs.
  public static func compact(_ members: KeyValuePairs<String, JSONValue?>) -> JSONValue {
    .object(JSONObject(members.compactMap { member in member.value.map { (member.key, $0) } }))
  }
}
