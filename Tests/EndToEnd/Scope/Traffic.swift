import FoundationEssentials
import JSON
import TestSupport
import Transport

/// Requests through the cluster's Ingress, as users send them. None is sent twice, so that none that fails is missed.
struct Traffic: Sendable {
  let ingress: String
  let host: String
  private let client: HTTPClient

  init(_ scope: TestNamespace, host: String) throws {
    guard let ingress = scope.cluster.ingress else {
      throw ServerFailure("where Ingresses are served is not known: set MARTLET_E2E_INGRESS=http://HOST:PORT")
    }
    self.ingress = ingress
    self.host = host
    client = HTTPClient(HTTPClientConfiguration(retry: .never))
  }

  struct Answer: Sendable {
    var status: Int
    /// Which variant has answered, as the router says, and which one the user was assigned.
    var variant: String?
    var assigned: String?
    var body: String

    /// The first prediction of a scoring server.
    var prediction: String? {
      (try? JSONValue(parsing: Array(body.utf8)))?["predictions"]?[0]?.string
    }
  }

  /// Asks for a prediction.
  func ask(user: String? = nil) async throws -> Answer {
    var headers: HTTPHeaders = ["Host": host, "Content-Type": "application/json"]
    if let user { headers["X-User-Id"] = user }
    let body: JSONValue = ["inputs": [[1.0]]]
    let response = try await client.send(
      HTTPRequest("POST", url: "\(ingress)/invocations", headers: headers, body: body.bytes()))
    return Answer(
      status: response.status, variant: response.headers["X-Martlet-Variant"],
      assigned: response.headers["X-Martlet-Assigned"], body: String(decoding: response.body, as: UTF8.self))
  }

  /// The status of a request with some headers and a body of some bytes.
  func send(_ own: [String: String], bytes: Int) async throws -> Int {
    var headers: HTTPHeaders = ["Host": host, "Content-Type": "application/json"]
    for (name, value) in own { headers[name] = value }
    let body = Array("\"\(String(repeating: "x", count: max(0, bytes - 2)))\"".utf8)
    return try await client.send(
      HTTPRequest("POST", url: "\(ingress)/invocations", headers: headers, body: body)).status
  }

  /// The variant of each of some users: the one that answers, or the one that they are assigned. Throws where a request
  /// is not answered well.
  func variants(of users: [String], assigned: Bool = false) async throws -> [String: String] {
    var out: [String: String] = [:]
    for user in users {
      let answer = try await ask(user: user)
      guard answer.status == 200, let variant = assigned ? answer.assigned : answer.variant else {
        throw ServerFailure("\(user) was answered \(answer.status): \(answer.body)")
      }
      out[user] = variant
    }
    return out
  }

  /// Asks until the task is cancelled, and gives what failed and the predictions in the order in which they changed.
  func askOnAndOn() async -> (requests: Int, failures: [String], predictions: [String]) {
    var (requests, failures, predictions) = (0, [String](), [String]())
    while !Task.isCancelled {
      do {
        let answer = try await ask()
        requests += 1
        if answer.status != 200 { failures.append("\(answer.status): \(answer.body)") }
        if let prediction = answer.prediction, !predictions.contains(prediction) { predictions.append(prediction) }
      } catch {
        if !Task.isCancelled { failures.append("\(error)") }
      }
      try? await Task.sleep(for: .milliseconds(20))
    }
    return (requests, failures, predictions)
  }
}
