/// One request as the HTTP layer read it.
struct APIRequest: Sendable {
  var method: String
  /// Percent-decoded segments of the path.
  var path: [String]
  var query: Query
  var accept = "application/json"
  var contentType = "application/json"
  var userAgent = ""
  var body: [UInt8] = []
  var user: User

  init(method: String, path: String, query: String = "", user: User = .admin) {
    self.method = method
    self.path = path.split(separator: "/").map { PercentCoding.decoded(String($0)) }
    self.query = Query(query)
    self.user = user
  }
}

/// The parameters of a request's URL.
struct Query: Sendable, Hashable {
  private var values: [String: [String]] = [:]

  init(_ text: String) {
    for pair in text.split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map {
        PercentCoding.decoded(String($0.map { $0 == "+" ? " " : $0 }))
      }
      values[parts[0], default: []].append(parts.count > 1 ? parts[1] : "")
    }
  }

  subscript(name: String) -> String? { values[name]?.first }

  func all(_ name: String) -> [String] { values[name] ?? [] }

  /// A flag as Go's `strconv.ParseBool` reads it; a bare name counts as true.
  func flag(_ name: String) -> Bool? {
    guard let text = self[name] else { return nil }
    return ["", "1", "t", "T", "true", "TRUE", "True"].contains(text)
  }

  func integer(_ name: String) -> Int64? { self[name].flatMap(Int64.init) }
}

/// Percent-encoding of URLs (RFC 3986).
enum PercentCoding {
  static func decoded(_ text: String) -> String {
    var out: [UInt8] = []
    let bytes = Array(text.utf8)
    var index = 0
    while index < bytes.count {
      if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
        let value = UInt8(String(decoding: bytes[(index + 1)...(index + 2)], as: UTF8.self), radix: 16)
      {
        out.append(value)
        index += 3
      } else {
        out.append(bytes[index])
        index += 1
      }
    }
    return String(decoding: out, as: UTF8.self)
  }
}
