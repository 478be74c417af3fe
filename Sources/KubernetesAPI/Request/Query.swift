import Transport

/// The query of a request: names and values in the order in which they are sent.
public struct Query: Sendable, Hashable, ExpressibleByDictionaryLiteral {
  public private(set) var names: [String] = []
  public private(set) var values: [String] = []

  public init() {}

  public init(dictionaryLiteral elements: (String, String)...) {
    for (name, value) in elements { add(name, value) }
  }

  public var isEmpty: Bool { names.isEmpty }

  public mutating func add(_ name: String, _ value: String) {
    names.append(name)
    values.append(value)
  }

  /// Adds the value where there is one.
  mutating func add(_ name: String, ifPresent value: String?) {
    if let value { add(name, value) }
  }

  /// The query with its question mark, percent-encoded; empty where there is none.
  public var text: String {
    guard !isEmpty else { return "" }
    let pairs = zip(names, values).map { "\(PercentEncoding.encode($0))=\(PercentEncoding.encode($1))" }
    return "?" + pairs.joined(separator: "&")
  }
}
