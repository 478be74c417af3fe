import Testing

@testable import Transport

@Suite("Values")
struct ValueTests {
  @Test(
    "a backoff grows to its cap, and chance shortens it",
    arguments: [
      (0, 0.0, 100), (1, 0.0, 200), (3, 0.0, 800), (4, 0.0, 1000), (1000, 0.0, 1000), (0, 1.0, 50), (2, 0.5, 300),
    ])
  func backoff(attempt: Int, random: Double, milliseconds: Int) {
    let backoff = Backoff(initial: .milliseconds(100), factor: 2, cap: .seconds(1), jitter: 0.5)
    let delay = backoff.delay(attempt: attempt, random: random)
    #expect(Int((delay / .milliseconds(1)).rounded()) == milliseconds)
  }

  @Test(
    "Retry-After is read as seconds or as a date",
    arguments: [
      ("7", 7), ("0", 0), ("-1", nil), ("soon", nil), ("Sun, 06 Nov 1994 08:49:37 GMT", 37),
      ("Sun, 06 Nov 1994 08:48:00 GMT", 0), ("Sun, 06 Foo 1994 08:49:37 GMT", nil),
      ("Thu, 29 Feb 2024 00:00:00 GMT", 1_709_164_800 - 784_111_740),
    ] as [(String, Int?)])
  func retryAfter(value: String, seconds: Int?) {
    // 1994-11-06 08:49:00 UTC
    #expect(RetryAfter.wait(value, now: 784_111_740) == seconds.map { Duration.seconds($0) })
  }

  @Test(
    "URLs are shown without secrets",
    arguments: [
      ("https://user:pass@host:1/a?b=c", "https://host:1/a?b=c"),
      ("https://host/a@b?access_token=x&watch=true", "https://host/a@b?access_token=REDACTED&watch=true"),
      ("https://s3/b/k?X-Amz-Signature=1&X-Amz-Credential=2&X-Amz-Date=3#f",
        "https://s3/b/k?X-Amz-Signature=REDACTED&X-Amz-Credential=REDACTED&X-Amz-Date=3"),
      ("nonsense", "nonsense"),
    ])
  func redaction(url: String, shown: String) {
    #expect(TransportError(code: .other, method: "GET", url: url, message: "").url == shown)
  }

  @Test("header fields are found without regard to case, and kept in order")
  func headers() {
    var headers: HTTPHeaders = ["Accept": "a", "X-One": "1"]
    headers.add("accept", "b")
    #expect(headers["ACCEPT"] == "a")
    #expect(headers.values("Accept") == ["a", "b"])
    headers["aCCEPT"] = "c"
    #expect(headers.values("Accept") == ["c"])
    #expect(headers == ["x-one": "1", "accept": "c"])
    headers["accept"] = nil
    #expect(headers["accept"] == nil)
  }

  @Test(
    "a server name replaces the host in the URL, and the connection still goes to the host",
    arguments: [
      ("https://10.0.0.1:6443/api?x=1", "https://k8s:6443/api?x=1", "k8s:6443:10.0.0.1:6443", "10.0.0.1:6443"),
      ("https://host/a", "https://k8s:443/a", "k8s:443:host:443", "host"),
      ("https://[::1]:8/a", "https://k8s:8/a", "k8s:8:[::1]:8", "[::1]:8"),
      ("https://[::1]", "https://k8s:443", "k8s:443:[::1]:443", "[::1]"),
    ])
  func serverName(url: String, routed: String, connectTo: String, host: String) {
    let route = ServerNameRoute(url: url, serverName: "k8s")
    #expect(route?.url == routed)
    #expect(route?.connectTo == connectTo)
    #expect(route?.host == host)
  }

  @Test("only safe methods are repeated unless the request says otherwise")
  func safety() {
    #expect(HTTPRequest("GET", url: "").isSafeToRetry)
    #expect(!HTTPRequest("POST", url: "").isSafeToRetry)
    #expect(HTTPRequest("PATCH", url: "", isSafeToRetry: true).isSafeToRetry)
  }

  @Test("nothing in a request can smuggle a header line", arguments: ["a\r\nB: c", "a\nB", "a\0"])
  func smuggling(value: String) {
    #expect(!HTTPRequest(url: "http://a/", headers: ["X": value]).isWellFormed)
    #expect(!HTTPRequest(url: "http://a/", headers: [value: "x"]).isWellFormed)
    #expect(!HTTPRequest(url: "http://a/\(value)").isWellFormed)
    #expect(!HTTPRequest(value, url: "http://a/").isWellFormed)
  }

  @Test("time-outs count in a row as long as nothing arrives on their connection")
  func health() {
    var health = ConnectionHealth()
    health.heard(on: 1, at: 100)
    #expect(health.timedOut(on: 1, at: 200, waitingSince: 100, heard: 0) == 1)
    #expect(health.timedOut(on: 1, at: 300, waitingSince: 200, heard: 0) == 2)
    #expect(health.timedOut(on: 2, at: 300, waitingSince: 200, heard: 0) == 1)
    #expect(health.timedOut(on: 1, at: 400, waitingSince: 300, heard: 350) == 0)
    #expect(health.timedOut(on: 1, at: 500, waitingSince: 400, heard: 0) == 1)
    health.heard(on: 1, at: 550)
    #expect(health.timedOut(on: 1, at: 700, waitingSince: 600, heard: 0) == 1)
    health.forget(1)
    #expect(health.timedOut(on: 1, at: 800, waitingSince: 700, heard: 0) == 1)
  }
}
