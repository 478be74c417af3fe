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

/// Percent-encoding of one path segment or one part of a query (RFC 3986, section 2.1).
enum PercentEncoding {
  /// Everything but the unreserved characters is encoded, so the result is one segment whatever it holds.
  static func encode(_ text: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var out: [UInt8] = []
    out.reserveCapacity(text.utf8.count)
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"):
        out.append(byte)
      default:
        out.append(UInt8(ascii: "%"))
        out.append(digits[Int(byte >> 4)])
        out.append(digits[Int(byte & 15)])
      }
    }
    return String(decoding: out, as: UTF8.self)
  }
}
