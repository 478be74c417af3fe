import FoundationEssentials
public import JSON
public import Transport

/// MLflow's REST API, version 2.0, of MLflow 2 and 3.
///
/// Every method throws `MLflowError` or `CancellationError`. Methods that say so may be repeated after a failure whose
/// outcome is not known; the others make a second thing when repeated, so callers look first for what they made.
public struct TrackingServer: Sendable {
  public let configuration: TrackingServerConfiguration
  private let client: HTTPClient
  private let gate: RequestGate

  /// - Parameter gate: shared by all who call the same server from this process.
  public init(_ configuration: TrackingServerConfiguration, client: HTTPClient, gate: RequestGate = RequestGate()) {
    self.configuration = configuration
    self.client = client
    self.gate = gate
  }

  /// Whether the server answers at all. It says nothing about the host check or credentials, which `version` does.
  public func health() async throws {
    _ = try Replies.check(await send("GET", "/health", nil, isSafeToRetry: true), from: configuration)
  }

  /// The server's version, such as `3.17.2`.
  public func version() async throws -> String {
    let response = try Replies.check(await send("GET", "/version", nil, isSafeToRetry: true), from: configuration)
    let text = String(decoding: response.body, as: UTF8.self).filter { !$0.isWhitespace }
    guard text.first?.isNumber == true, text.count < 40 else {
      throw Replies.notMLflow(response, configuration)
    }
    return text
  }

  /// Calls an endpoint below `/api/2.0/mlflow/` with query fields.
  public func get(_ endpoint: String, _ query: KeyValuePairs<String, String>) async throws -> JSONValue {
    let fields = query.map { "\(PercentEncoding.encode($0.key))=\(PercentEncoding.encode($0.value))" }
    let path = "/api/2.0/mlflow/\(endpoint)" + (fields.isEmpty ? "" : "?" + fields.joined(separator: "&"))
    return try Replies.json(await send("GET", path, nil, isSafeToRetry: true), from: configuration)
  }

  /// Calls an endpoint below `/api/2.0/mlflow/` with a JSON body.
  ///
  /// - Parameter repeatable: whether calling it twice is the same as calling it once.
  @discardableResult
  public func post(_ endpoint: String, _ body: JSONValue, repeatable: Bool = false) async throws -> JSONValue {
    let response = try await send("POST", "/api/2.0/mlflow/\(endpoint)", body, isSafeToRetry: repeatable)
    return try Replies.json(response, from: configuration)
  }

  /// Deletes at an endpoint below `/api/2.0/mlflow/`; what to delete is in the body, not in the URL.
  public func delete(_ endpoint: String, _ body: JSONValue, repeatable: Bool = false) async throws {
    let response = try await send("DELETE", "/api/2.0/mlflow/\(endpoint)", body, isSafeToRetry: repeatable)
    _ = try Replies.json(response, from: configuration)
  }

  private func send(
    _ method: String, _ path: String, _ body: JSONValue?, isSafeToRetry: Bool
  ) async throws -> HTTPResponse {
    var headers: HTTPHeaders = ["Accept": "application/json"]
    if body != nil { headers["Content-Type"] = "application/json" }
    if let workspace = configuration.workspace { headers["X-MLFLOW-WORKSPACE"] = workspace }
    switch configuration.credentials {
    case .none: break
    case .basic(let user, let password):
      headers["Authorization"] = "Basic " + Data("\(user):\(password)".utf8).base64EncodedString()
    case .token(let token): headers["Authorization"] = "Bearer \(token)"
    }
    let request = HTTPRequest(
      method, url: configuration.uri + path, headers: headers, body: body?.bytes(),
      timeouts: Timeouts(idle: configuration.timeout, total: configuration.timeout), isSafeToRetry: isSafeToRetry)
    do {
      return try await gate.pass { try await client.send(request) }
    } catch let error as TransportError {
      throw MLflowError(
        error.code == .timeout ? .timeout : .unreachable, "MLflow at \(configuration): \(error.message)",
        hint: error.code == .tls ? "check the server's certificate and the CA that is configured for it" : nil)
    }
  }
}
