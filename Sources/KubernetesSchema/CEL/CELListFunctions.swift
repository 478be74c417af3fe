extension CELFunctions {
  static let listNames: Set<String> = [
    "isSorted", "sum", "min", "max", "indexOf", "lastIndexOf", "join", "slice", "flatten", "distinct", "reverse",
    "sort",
    "first", "last",
  ]

  /// A method of a list; nil where it is none.
  static func list(_ name: String, _ target: CELValue, _ arguments: [CELValue]) throws(CELError) -> CELValue? {
    guard case .list(let elements) = target, listNames.contains(name) else { return nil }
    switch name {
    case "isSorted":
      for (one, two) in zip(elements, elements.dropFirst()) where try order(one, two) == .more { return .bool(false) }
      return .bool(true)
    case "sum": return try sum(elements)
    case "min", "max":
      guard var best = elements.first else { throw CELError("\(name) called on empty list") }
      for element in elements.dropFirst() where try order(element, best) == (name == "min" ? .less : .more) {
        best = element
      }
      return best
    case "indexOf", "lastIndexOf":
      guard let wanted = arguments.first else { throw CELError.noOverload }
      let matches: (CELValue) -> Bool = { $0.equals(wanted) }
      let found = name == "indexOf" ? elements.firstIndex(where: matches) : elements.lastIndex(where: matches)
      return .int(Int64(found ?? -1))
    case "join": return .string(try join(elements, arguments))
    case "slice":
      guard arguments.count == 2, case .int(let from) = arguments[0], case .int(let to) = arguments[1] else {
        throw CELError.noOverload
      }
      guard from >= 0, from <= to, to <= elements.count else { throw CELError("cannot slice(\(from), \(to))") }
      return .list(Array(elements[Int(from)..<Int(to)]))
    case "flatten":
      return .list(
        elements.flatMap { element -> [CELValue] in if case .list(let inner) = element { inner } else { [element] } })
    case "distinct":
      var seen: Set<CELValue> = []
      return .list(elements.filter { seen.insert($0.key).inserted })
    case "reverse": return .list(elements.reversed())
    case "sort":
      for (one, two) in zip(elements, elements.dropFirst()) { _ = try order(one, two) }
      return .list(elements.sorted { $0.order($1) == .less })
    case "first": return .optional(elements.first)
    case "last": return .optional(elements.last)
    default: throw CELError.noOverload
    }
  }

  private static func order(_ one: CELValue, _ two: CELValue) throws(CELError) -> CELValue.Order {
    guard let order = one.order(two) else { throw CELError.noOverload }
    return order
  }

  private static func sum(_ elements: [CELValue]) throws(CELError) -> CELValue {
    guard var total = elements.first else { return .int(0) }
    for element in elements.dropFirst() {
      guard let next = try CELOperators.apply("_+_", total, element) else { throw CELError.noOverload }
      total = next
    }
    return total
  }

  private static func join(_ elements: [CELValue], _ arguments: [CELValue]) throws(CELError) -> String {
    var separator = ""
    if let first = arguments.first {
      guard case .string(let text) = first else { throw CELError.noOverload }
      separator = text
    }
    var parts: [String] = []
    for element in elements {
      guard case .string(let text) = element else { throw CELError.noOverload }
      parts.append(text)
    }
    return parts.joined(separator: separator)
  }
}
