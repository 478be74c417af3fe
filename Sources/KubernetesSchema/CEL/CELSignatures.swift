/// The types that functions take and give.
enum CELSignatures {
  static func arithmetic(_ name: String, _ left: CELType, _ right: CELType) -> CELType? {
    switch (left, right) {
    case (.dyn, _): return right.isDyn ? .dyn : right
    case (_, .dyn): return left
    case (.int, .int): return .int
    case (.uint, .uint): return .uint
    case (.double, .double): return name == "_%_" ? nil : .double
    case (.string, .string): return name == "_+_" ? .string : nil
    case (.bytes, .bytes): return name == "_+_" ? .bytes : nil
    case (.list(let one), .list(let two)): return name == "_+_" ? .list(one.meets(two) ? one : .dyn) : nil
    case (.duration, .duration): return name == "_+_" || name == "_-_" ? .duration : nil
    case (.timestamp, .duration): return name == "_+_" || name == "_-_" ? .timestamp : nil
    case (.duration, .timestamp): return name == "_+_" ? .timestamp : nil
    case (.timestamp, .timestamp): return name == "_-_" ? .duration : nil
    default: return nil
    }
  }

  /// The type of a call's result; nil where no overload takes the arguments.
  static func result(_ name: String, isMethod: Bool, _ types: [CELType]) -> CELType? {
    guard let first = types.first else { return nil }
    if first.isDyn { return dynamicResult(name) }
    if isMethod {
      switch first {
      case .string: if CELFunctions.stringNames.contains(name) || name == "size" { return text(name, types) }
      case .list(let element): if CELFunctions.listNames.contains(name) || name == "size" { return list(name, element) }
      case .map, .bytes: if name == "size" { return .int }
      case .timestamp, .duration: if CELFunctions.timeNames.contains(name) { return .int }
      case .quantity: if CELFunctions.quantityNames.contains(name) { return quantity(name) }
      case .optional(let inner): return optional(name, inner)
      default: break
      }
      return nil
    }
    switch name {
    case "size":
      switch first {
      case .string, .bytes, .list, .map: return .int
      default: return nil
      }
    case "matches": return first.isString && types.count == 2 ? .bool : nil
    case "quantity", "isQuantity": return first.isString ? dynamicResult(name) : nil
    case "duration", "timestamp", "int", "uint", "double", "string", "bool", "bytes": return conversion(name, first)
    case "type", "dyn": return dynamicResult(name)
    default: return nil
    }
  }

  private static func conversion(_ name: String, _ from: CELType) -> CELType? {
    switch from {
    case .list, .map, .object, .null, .optional, .type: nil
    default: dynamicResult(name)
    }
  }

  private static func dynamicResult(_ name: String) -> CELType {
    switch name {
    case "size", "int", "indexOf", "lastIndexOf", "sign", "asInteger", "compareTo": .int
    case "uint": .uint
    case "double", "asApproximateFloat": .double
    case "string", "lowerAscii", "upperAscii", "trim", "replace", "substring", "charAt", "join", "find": .string
    case "bool", "startsWith", "endsWith", "contains", "matches", "isSorted", "isQuantity", "hasValue", "isInteger",
      "isGreaterThan", "isLessThan":
      .bool
    case "bytes": .bytes
    case "duration": .duration
    case "timestamp": .timestamp
    case "quantity": .quantity
    case "type": .type
    case "split", "findAll": .list(.string)
    default: CELFunctions.timeNames.contains(name) ? .int : .dyn
    }
  }

  private static func text(_ name: String, _ types: [CELType]) -> CELType? {
    let arguments = types.dropFirst()
    switch name {
    case "startsWith", "endsWith", "contains", "matches", "split", "replace", "indexOf", "lastIndexOf", "find",
      "findAll":
      guard arguments.first?.isString ?? false else { return nil }
    case "substring", "charAt":
      guard arguments.first?.isNumber ?? false else { return nil }
    default:
      guard arguments.isEmpty else { return nil }
    }
    return name == "reverse" ? .string : dynamicResult(name)
  }

  private static func list(_ name: String, _ element: CELType) -> CELType? {
    switch name {
    case "sum", "min", "max": element
    case "first", "last": .optional(element)
    case "join": element.isString ? .string : nil
    case "slice", "distinct", "reverse", "sort": .list(element)
    case "flatten": .list(.dyn)
    default: dynamicResult(name)
    }
  }

  private static func quantity(_ name: String) -> CELType? {
    name == "add" || name == "sub" ? .quantity : dynamicResult(name)
  }

  private static func optional(_ name: String, _ inner: CELType) -> CELType? {
    switch name {
    case "hasValue": .bool
    case "value", "orValue": inner
    case "or": .optional(inner)
    default: nil
    }
  }
}
