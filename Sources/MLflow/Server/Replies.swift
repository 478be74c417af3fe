import JSON
import Transport

/// What MLflow's responses mean. Several are not JSON: the host check, authentication, unknown paths, proxies before
/// it.
enum Replies {
  /// The JSON body of a successful response.
  static func json(_ response: HTTPResponse, from place: TrackingServerConfiguration) throws(MLflowError) -> JSONValue {
    let response = try check(response, from: place)
    guard let value = try? JSONValue(parsing: response.body), value.object != nil else {
      throw notMLflow(response, place)
    }
    return value
  }

  /// The response, if it is a successful one.
  static func check(
    _ response: HTTPResponse, from place: TrackingServerConfiguration
  ) throws(MLflowError) -> HTTPResponse {
    guard !response.isSuccess else { return response }
    let text = String(decoding: response.body.prefix(2000), as: UTF8.self)
    let body = try? JSONValue(parsing: response.body)
    let errorCode = body?["error_code"]?.string
    let said = body?["message"]?.string ?? text
    func error(_ code: MLflowError.Code, _ message: String? = nil, hint: String? = nil) -> MLflowError {
      MLflowError(
        code, "MLflow at \(place): \(message ?? brief(said, response.status))", hint: hint, httpStatus: response.status,
        errorCode: errorCode)
    }
    switch response.status {
    case 401:
      let anonymous = place.credentials == .none
      throw error(
        .authenticationFailed,
        anonymous
          ? "the server wants credentials and none are configured" : "the server does not accept the credentials")
    case 403 where said.contains("Invalid Host header"):
      throw error(
        .hostNotAllowed, "the server's host check refuses the name \(place.host)",
        hint: "start the MLflow server with --allowed-hosts '\(allowedHosts(place.host))'")
    case 403: throw error(.permissionDenied)
    case 404 where errorCode == nil:
      throw error(.unexpectedResponse, "there is no MLflow REST API at this URL (404)", hint: "check the tracking URI")
    case 408, 504: throw error(.timeout)
    case 429, 500...599: throw error(.unavailable)
    case 300..<400: throw notMLflow(response, place)
    default: break
    }
    switch errorCode {
    case "RESOURCE_ALREADY_EXISTS": throw error(.alreadyExists)
    case "RESOURCE_DOES_NOT_EXIST", "ENDPOINT_NOT_FOUND": throw error(.notFound)
    case "PERMISSION_DENIED", "UNAUTHENTICATED": throw error(.permissionDenied)
    case "REQUEST_LIMIT_EXCEEDED", "TEMPORARILY_UNAVAILABLE", "INTERNAL_ERROR": throw error(.unavailable)
    case nil: throw error(.unexpectedResponse)
    default: throw error(response.status == 404 ? .notFound : .invalidRequest)
    }
  }

  static func notMLflow(_ response: HTTPResponse, _ place: TrackingServerConfiguration) -> MLflowError {
    let type = response.headers["Content-Type"].map { " (\($0))" } ?? ""
    return MLflowError(
      .unexpectedResponse, "\(place) answers \(response.status)\(type), which is not MLflow's REST API",
      hint: "check the tracking URI; it may lead to a login page or another service", httpStatus: response.status)
  }

  /// The value for `--allowed-hosts`: it replaces the defaults, so localhost is named again for probes, and a port is
  /// part of what is compared.
  static func allowedHosts(_ host: String) -> String {
    let name = host.hasSuffix("]") ? host : String(host.split(separator: ":").first ?? host[...])
    return "\(name),\(name):*,localhost,localhost:*"
  }

  /// The first line, shortened: MLflow adds the SQL it ran, with values, to messages.
  private static func brief(_ text: String, _ status: Int) -> String {
    let line = text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
    let end = line.firstRange(of: "[SQL:")?.lowerBound ?? line.endIndex
    let short = line[..<end].prefix(300)
    return short.isEmpty || short.hasPrefix("<") ? "HTTP status \(status)" : String(short)
  }
}
