import JSON
import Testing

@testable import Observability

@Suite struct EndpointTests {
  let health = HealthState()
  let registry = MetricRegistry()
  let log = LogOutput(sink: MemorySink())

  func endpoint() -> ObservationEndpoint {
    ObservationEndpoint(
      health: health, metrics: registry, debugPages: ["queues": { ["sweep": ["depth": 2]] }], log: log)
  }

  @Test("A loop without a sign of life fails liveness, and its next beat repairs it")
  func liveness() {
    #expect(endpoint().respond(method: "GET", path: "/livez", at: .zero).status == 200)
    health.beat("manager", at: .seconds(10), tolerance: .seconds(60))
    #expect(endpoint().respond(method: "GET", path: "/livez", at: .seconds(70)).status == 200)
    let late = endpoint().respond(method: "GET", path: "/livez", at: .seconds(71))
    #expect(late.status == 503)
    #expect(late.body == "[-]manager failed: no sign of life for 61 s\nfailed\n")
    health.beat("manager", at: .seconds(72))
    #expect(endpoint().respond(method: "GET", path: "/healthz", at: .seconds(73)).status == 200)
    health.endLoop("manager")
    #expect(endpoint().respond(method: "GET", path: "/livez", at: .seconds(1000)).status == 200)
  }

  @Test("Readiness needs every condition and says which one is missing")
  func readiness() {
    health.notReady("caches", because: "waiting for the first list of jobs.batch")
    health.ready("database")
    let waiting = endpoint().respond(method: "GET", path: "/readyz", at: .zero)
    #expect(waiting.status == 503)
    #expect(
      waiting.body == "[-]caches failed: waiting for the first list of jobs.batch\n[+]database ok\nfailed\n")
    health.ready("caches")
    #expect(endpoint().respond(method: "GET", path: "/readyz", at: .zero).body == "[+]caches ok\n[+]database ok\nok\n")
  }

  @Test("Readiness does not touch liveness")
  func independent() {
    health.notReady("database", because: "down")
    #expect(endpoint().respond(method: "GET", path: "/livez", at: .zero).status == 200)
  }

  @Test("Metrics are served with their content type")
  func metrics() {
    registry.counter("a_total", help: "A").increment()
    let response = endpoint().respond(method: "GET", path: "/metrics", at: .zero)
    #expect(response.status == 200)
    #expect(response.contentType == "text/plain; version=0.0.4; charset=utf-8")
    #expect(response.body.hasSuffix("a_total 1\n"))
  }

  @Test("Other paths and methods are refused", arguments: [
    ("GET", "/", 404), ("GET", "/debug/", 404), ("GET", "/debug/none", 404), ("POST", "/metrics", 405),
    ("DELETE", "/debug/log-level", 405), ("GET", "/debug/queues", 200), ("HEAD", "/livez", 200),
  ])
  func refused(method: String, path: String, status: Int) {
    #expect(endpoint().respond(method: method, path: path, at: .zero).status == status)
  }

  @Test("The log level is read and changed over the endpoint")
  func logLevel() {
    #expect(endpoint().respond(method: "GET", path: "/debug/log-level", at: .zero).body == "info\n")
    #expect(endpoint().respond(method: "PUT", path: "/debug/log-level", body: "loud", at: .zero).status == 400)
    #expect(log.level == .info)
    #expect(endpoint().respond(method: "PUT", path: "/debug/log-level", body: "debug\n", at: .zero).status == 200)
    #expect(log.level == .debug)
  }
}
