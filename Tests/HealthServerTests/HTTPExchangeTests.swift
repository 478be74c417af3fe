import Testing

@testable import HealthServer

@Suite struct HTTPExchangeTests {
  private func reads(_ text: String) throws -> HTTPExchange.Request? {
    var exchange = HTTPExchange()
    return try exchange.receive(text.utf8)
  }

  @Test("A request is its method, its path without the query, and its body", arguments: [
    ("GET /readyz HTTP/1.1\r\nHost: a\r\n\r\n", "GET", "/readyz", ""),
    ("GET /metrics?name=x&y HTTP/1.1\r\n\r\n", "GET", "/metrics", ""),
    ("GET http://10.0.0.1:8081/livez HTTP/1.1\r\nHost: a\r\n\r\n", "GET", "/livez", ""),
    ("GET http://10.0.0.1:8081 HTTP/1.0\r\n\r\n", "GET", "/", ""),
    ("\r\nHEAD /healthz HTTP/1.1\r\nA:\r\nB: 1\r\n\r\n", "HEAD", "/healthz", ""),
    ("PUT /debug/log-level HTTP/1.1\r\nContent-Length: 5\r\n\r\ndebug", "PUT", "/debug/log-level", "debug"),
    ("PUT /debug/log-level HTTP/1.1\r\ncontent-length:  5 \r\n\r\ndebug", "PUT", "/debug/log-level", "debug"),
  ])
  func whole(text: String, method: String, path: String, body: String) throws {
    #expect(try reads(text) == HTTPExchange.Request(method: method, path: path, body: body))
  }

  @Test("A request that arrives byte by byte is read once, when its last byte is there")
  func pieces() throws {
    let bytes = Array("PUT /debug/log-level HTTP/1.1\r\nContent-Length: 4\r\n\r\ninfo".utf8)
    var exchange = HTTPExchange()
    for byte in bytes.dropLast() { #expect(try exchange.receive([byte]) == nil) }
    #expect(try exchange.receive([bytes[bytes.count - 1]])?.body == "info")
  }

  @Test("What is no request, or more than a probe sends, is refused with the reason", arguments: [
    ("hello\r\n\r\n", 400), ("GET /\r\n\r\n", 400), ("GET / HTTP/2.0\r\n\r\n", 505), ("GET / HTTP/1.1\r\n: x\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nno colon\r\n\r\n", 400), ("GET / HTTP/1.1\r\nA: b\r\n folded: c\r\n\r\n", 400),
    ("PUT / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400), ("PUT / HTTP/1.1\r\nContent-Length: 4097\r\n\r\n", 413),
    ("PUT / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n", 400),
    ("PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 501),
    ("GET /" + String(repeating: "a", count: HTTPExchange.longestHead), 431),
  ])
  func refused(text: String, status: Int) {
    let refusal = #expect(throws: HTTPExchange.Refusal.self) { try reads(text) }
    #expect(refusal?.status == status)
    #expect(refusal?.reason.isEmpty == false)
  }

  @Test("The answer to HEAD tells the length of a body that it leaves out")
  func head() {
    let date = "Sun, 06 Nov 1994 08:49:37 GMT"
    let whole = HTTPExchange.answer(status: 200, contentType: "text/plain", body: "ok\n", date: date)
    let head = HTTPExchange.answer(status: 200, contentType: "text/plain", body: "ok\n", isHead: true, date: date)
    #expect(whole == head + Array("ok\n".utf8))
    #expect(String(decoding: head, as: UTF8.self).contains("Content-Length: 3\r\n"))
  }
}
