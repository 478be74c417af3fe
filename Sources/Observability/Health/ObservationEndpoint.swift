public import JSON

/// Decides the answers of the process's own HTTP endpoint: probes, metrics and debugging pages. A function of
/// values; a server carries it.
public struct ObservationEndpoint: Sendable {
  public struct Response: Sendable, Hashable {
    public let status: Int
    public let contentType: String
    public let body: String

    public init(status: Int, contentType: String = "text/plain; charset=utf-8", body: String) {
      self.status = status
      self.contentType = contentType
      self.body = body
    }
  }

  public let health: HealthState
  public let metrics: MetricRegistry
  /// What `/debug/NAME` shows. They may tell object names: serve them only where metrics may be read.
  public let debugPages: [String: @Sendable () -> JSONValue]
  /// Where `GET /debug/log-level` and `PUT /debug/log-level` read and write; nil to leave them out.
  public let log: LogOutput?

  public init(
    health: HealthState, metrics: MetricRegistry, debugPages: [String: @Sendable () -> JSONValue] = [:],
    log: LogOutput? = nil
  ) {
    self.health = health
    self.metrics = metrics
    self.debugPages = debugPages
    self.log = log
  }

  /// The answer to a request. `now` is the monotonic time that heartbeats are measured with.
  public func respond(method: String, path: String, body: String = "", at now: Duration) -> Response {
    if path == "/debug/log-level", let log { return level(method: method, body: body, of: log) }
    guard method == "GET" || method == "HEAD" else {
      return Response(status: 405, body: "only GET is answered here\n")
    }
    switch path {
    case "/livez", "/healthz": return Self.response(health.liveness(at: now))
    case "/readyz": return Self.response(health.readiness())
    case "/metrics":
      return Response(status: 200, contentType: TextExposition.contentType, body: metrics.exposition())
    default: break
    }
    if path.hasPrefix("/debug/"), let page = debugPages[String(path.dropFirst(7))] {
      return Response(status: 200, contentType: "application/json", body: page().text(indent: 2) + "\n")
    }
    let pages = debugPages.keys.sorted().map { " /debug/\($0)" }.joined()
    return Response(status: 404, body: "not found; there are /livez /readyz /healthz /metrics\(pages)\n")
  }

  private static func response(_ report: HealthReport) -> Response {
    Response(status: report.passes ? 200 : 503, body: report.text)
  }

  private func level(method: String, body: String, of log: LogOutput) -> Response {
    switch method {
    case "GET", "HEAD":
      return Response(status: 200, body: log.level.rawValue + "\n")
    case "PUT":
      let name = body.filter { !$0.isWhitespace }
      guard let level = LogLevel(rawValue: name) else {
        let names = LogLevel.allCases.map(\.rawValue).joined(separator: ", ")
        return Response(status: 400, body: "the body must be one of \(names)\n")
      }
      log.level = level
      return Response(status: 200, body: level.rawValue + "\n")
    default:
      return Response(status: 405, body: "only GET and PUT are answered here\n")
    }
  }
}
