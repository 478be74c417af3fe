import CRDTypes
import FoundationEssentials
import JSON
public import Transport

/// A client of one API server.
///
/// Every call throws `APIError` where the server refused, `ConnectionError` where it could not be asked,
/// `ConfigurationError` where the login failed before a request, and `CancellationError` where the caller's task was
/// cancelled. Reads are repeated by Transport when a connection breaks or the server is busy; writes that the server
/// turned away without doing anything (429, and 5xx with `Retry-After`) are repeated here. Any number of tasks may
/// share a client.
public final class KubernetesClient: Sendable {
  public let configuration: ClusterConfiguration
  public let fieldValidation: FieldValidation
  let connection: APIConnection
  let onWarning: (@Sendable (ServerWarning) -> Void)?
  let onAnswer: (@Sendable (AnsweredCall) -> Void)?
  let sleep: @Sendable (Duration) async throws -> Void
  let random: @Sendable () -> Double
  let retry = WriteRetry()

  /// - Parameters:
  ///   - userAgent: who asks, as `name/version`.
  ///   - fieldValidation: what writes ask the server to do with unknown fields.
  ///   - onWarning: called with each warning that the server attaches to an answer.
  ///   - onAnswer: called for each request once it is answered, or will not be.
  public convenience init(
    _ configuration: ClusterConfiguration, userAgent: String, fieldValidation: FieldValidation = .warn,
    onWarning: (@Sendable (ServerWarning) -> Void)? = nil, onAnswer: (@Sendable (AnsweredCall) -> Void)? = nil
  ) {
    self.init(
      configuration, userAgent: userAgent, fieldValidation: fieldValidation, onWarning: onWarning, onAnswer: onAnswer,
      sleep: { try await Task.sleep(for: $0) }, random: { Double.random(in: 0..<1) })
  }

  /// As above, with time and chance given: tests replace them.
  init(
    _ configuration: ClusterConfiguration, userAgent: String, fieldValidation: FieldValidation = .warn,
    onWarning: (@Sendable (ServerWarning) -> Void)? = nil, onAnswer: (@Sendable (AnsweredCall) -> Void)? = nil,
    sleep: @escaping @Sendable (Duration) async throws -> Void, random: @escaping @Sendable () -> Double
  ) {
    self.configuration = configuration
    self.fieldValidation = fieldValidation
    self.onWarning = onWarning
    self.onAnswer = onAnswer
    self.sleep = sleep
    self.random = random
    connection = APIConnection(configuration, userAgent: userAgent)
  }

  /// Ends all connections; calls under way fail.
  public func shutdown() async { await connection.shutdown() }

  /// Sends any request and gives any answer back, whatever its status.
  ///
  /// - Parameter path: below the server's URL, percent-encoded, such as `/api/v1/namespaces`.
  public func raw(
    _ method: String = "GET", _ path: String, query: Query = Query(), headers: HTTPHeaders = [:],
    body: [UInt8]? = nil
  ) async throws -> HTTPResponse {
    var call = APICall(method, path, query: query, body: body)
    call.headers = headers
    return try await answer(to: call)
  }
}

/// One request to the API server.
struct APICall: Sendable {
  var method: String
  var path: String
  var query: Query
  var headers: HTTPHeaders = [:]
  var body: [UInt8]?
  /// False where sending twice could do the thing twice.
  var repeatable = true
  /// kube-apiserver answers within 60 s or gives up (`--request-timeout`).
  var timeouts = Timeouts(idle: .seconds(65))

  init(
    _ method: String, _ path: String, query: Query = Query(), contentType: String? = nil, body: [UInt8]? = nil
  ) {
    self.method = method
    self.path = path
    self.query = query
    self.body = body
    headers["Accept"] = "application/json"
    if let contentType { headers["Content-Type"] = contentType }
  }
}

extension KubernetesClient {
  /// The answer's JSON, or the error that the answer is.
  func json(_ call: APICall) async throws -> JSONValue {
    let response = try await success(call)
    do {
      return try JSONValue(parsing: response.body)
    } catch {
      throw APIError(
        httpStatus: response.status, reason: "InvalidAnswer", message: "the server's answer is no JSON: \(error)",
        method: call.method, path: call.path)
    }
  }

  @discardableResult
  func success(_ call: APICall) async throws -> HTTPResponse {
    let response = try await answer(to: call)
    guard response.status < 300 else { throw error(response.status, response.headers, response.body, call) }
    return response
  }

  /// Sends a request, again where the answer says that nothing was done or that the login has lapsed.
  func answer(to call: APICall) async throws -> HTTPResponse {
    var attempt = 1
    var renewed = false
    while true {
      let session = try await connection.session()
      let response: HTTPResponse
      let start = ContinuousClock.now
      do {
        response = try await session.client.send(request(call, session))
      } catch {
        note(call, nil, since: start)
        throw wrapped(error, call)
      }
      note(call, response.status, since: start)
      warn(response.headers, call)
      if response.status == 401, !renewed, await connection.renew(after: session) {
        renewed = true
        continue
      }
      // Transport repeats reads by itself.
      guard call.method != "GET" else { return response }
      let pause = retry.pause(
        status: response.status, retryAfter: APIError.retryAfter(header: response.headers["Retry-After"], details: nil),
        attempt: attempt, repeatable: call.repeatable)
      guard let pause else { return response }
      attempt += 1
      try await sleep(pause)
    }
  }

  /// Opens a stream; an answer that is no success is read to its end and thrown.
  func open(_ call: APICall) async throws -> ResponseBody {
    var renewed = false
    while true {
      let session = try await connection.session()
      let start = ContinuousClock.now
      do {
        let response = try await session.client.stream(request(call, session))
        note(call, response.status, since: start)
        warn(response.headers, call)
        if response.status < 300 { return response.body }
        var body: [UInt8] = []
        for try await chunk in response.body where body.count < Self.longestRefusal { body += chunk }
        if response.status == 401, !renewed, await connection.renew(after: session) {
          renewed = true
          continue
        }
        throw self.error(response.status, response.headers, body, call)
      } catch {
        throw wrapped(error, call)
      }
    }
  }

  /// Bytes of a refusal that are kept; a `Status` is far shorter.
  private static let longestRefusal = 1 << 20

  private func request(_ call: APICall, _ session: APIConnection.Session) -> HTTPRequest {
    var headers = call.headers
    if let authorization = session.authorization { headers["Authorization"] = authorization }
    if let impersonation = configuration.impersonation {
      headers["Impersonate-User"] = impersonation.user
      if let uid = impersonation.uid { headers["Impersonate-Uid"] = uid }
      for group in impersonation.groups { headers.add("Impersonate-Group", group) }
    }
    return HTTPRequest(
      call.method, url: configuration.server + call.path + call.query.text, headers: headers, body: call.body,
      timeouts: call.timeouts)
  }

  private func note(_ call: APICall, _ status: Int?, since start: ContinuousClock.Instant) {
    guard let onAnswer else { return }
    let host = configuration.server.split(separator: "/").dropFirst().first.map(String.init) ?? configuration.server
    onAnswer(AnsweredCall(method: call.method, host: host, status: status, duration: ContinuousClock.now - start))
  }

  private func warn(_ headers: HTTPHeaders, _ call: APICall) {
    guard let onWarning else { return }
    for header in headers.values("Warning") {
      for message in ServerWarning.messages(in: header) {
        onWarning(ServerWarning(request: "\(call.method) \(call.path)", message: message))
      }
    }
  }

  private func error(_ status: Int, _ headers: HTTPHeaders, _ body: [UInt8], _ call: APICall) -> APIError {
    APIError(
      httpStatus: status, body: body, retryAfterHeader: headers["Retry-After"], method: call.method, path: call.path)
  }

  func wrapped(_ error: any Error, _ call: APICall) -> any Error {
    guard let error = error as? TransportError else { return error }
    if Task.isCancelled { return CancellationError() }
    return ConnectionError(server: configuration.server, method: call.method, path: call.path, cause: error)
  }
}
