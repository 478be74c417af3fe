/// One request and its answer on a connection that ends with them: bytes in, bytes out (RFC 9112). Pure.
///
/// It reads what probes, Prometheus and curl send: a head of bounded length and a short body of known length.
struct HTTPExchange: Sendable {
  struct Request: Sendable, Hashable {
    let method: String
    /// Without the query.
    let path: String
    let body: String
  }

  /// Why a request is not looked at.
  struct Refusal: Error, Sendable, Hashable {
    let status: Int
    let reason: String
  }

  static let longestHead = 16 * 1024
  static let longestBody = 4 * 1024

  private var received: [UInt8] = []
  /// Up to here there is no end of the head.
  private var searched = 0

  /// Takes in what has arrived. Gives the request once all of it is there, nil until then.
  mutating func receive(_ bytes: some Sequence<UInt8>) throws(Refusal) -> Request? {
    received += bytes
    // An empty line before a request is to be passed over (RFC 9112, 2.2).
    while received.starts(with: [0x0D, 0x0A]) { received.removeFirst(2) }
    guard let end = headEnd else {
      searched = max(0, received.count - 3)
      if received.count > Self.longestHead { throw Refusal(status: 431, reason: "the head is longer than 16 KiB") }
      return nil
    }
    let lines = String(decoding: received[..<end], as: UTF8.self).split(separator: "\r\n")
    let words = lines[0].split(separator: " ", omittingEmptySubsequences: false)
    guard words.count == 3, !words[0].isEmpty, words[2].hasPrefix("HTTP/") else {
      throw Refusal(status: 400, reason: "the first line is not METHOD PATH VERSION")
    }
    guard words[2].hasPrefix("HTTP/1.") else { throw Refusal(status: 505, reason: "only HTTP/1.1 is spoken here") }
    let length = try Self.bodyLength(lines.dropFirst())
    let body = received[(end + 4)...]
    guard body.count >= length else { return nil }
    return Request(
      method: String(words[0]), path: Self.path(words[1]), body: String(decoding: body.prefix(length), as: UTF8.self))
  }

  /// Where the empty line begins that ends the head.
  private var headEnd: Int? {
    guard received.count >= searched + 4 else { return nil }
    return (searched...(received.count - 4)).first { received[$0..<($0 + 4)].elementsEqual([0x0D, 0x0A, 0x0D, 0x0A]) }
  }

  private static func bodyLength(_ fields: some Sequence<Substring>) throws(Refusal) -> Int {
    var length = 0
    for field in fields {
      guard let colon = field.firstIndex(of: ":"), colon > field.startIndex, field.first != " ", field.first != "\t" else {
        throw Refusal(status: 400, reason: "a header is not NAME: VALUE")
      }
      let words = field[field.index(after: colon)...].split { $0 == " " || $0 == "\t" }
      switch field[..<colon].lowercased() {
      case "transfer-encoding": throw Refusal(status: 501, reason: "a body must have a Content-Length")
      case "content-length":
        guard words.count == 1, words[0].utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(words[0]) else {
          throw Refusal(status: 400, reason: "the Content-Length is not a number")
        }
        guard number <= longestBody else { throw Refusal(status: 413, reason: "the body is longer than 4 KiB") }
        length = number
      default: break
      }
    }
    return length
  }

  /// The path of a target, which may be a whole URL (RFC 9112, 3.2.2).
  private static func path(_ target: Substring) -> String {
    var rest = target.prefix { $0 != "?" }
    if rest.hasPrefix("http://") {
      let authority = rest.dropFirst("http://".count)
      rest = authority.firstIndex(of: "/").map { authority[$0...] } ?? "/"
    }
    return String(rest)
  }

  /// The bytes of an answer.
  ///
  /// - Parameters:
  ///   - isHead: whether only the head was asked for.
  ///   - date: as `Sun, 06 Nov 1994 08:49:37 GMT`.
  static func answer(status: Int, contentType: String, body: String, isHead: Bool = false, date: String) -> [UInt8] {
    let body = Array(body.utf8)
    let head = "HTTP/1.1 \(status) \(phrases[status] ?? "")\r\nDate: \(date)\r\nContent-Type: \(contentType)\r\n"
      + "Content-Length: \(body.count)\r\nConnection: close\r\n\r\n"
    return Array(head.utf8) + (isHead ? [] : body)
  }

  private static let phrases = [
    200: "OK", 400: "Bad Request", 404: "Not Found", 405: "Method Not Allowed", 413: "Content Too Large",
    431: "Request Header Fields Too Large", 501: "Not Implemented", 503: "Service Unavailable",
    505: "HTTP Version Not Supported",
  ]
}
