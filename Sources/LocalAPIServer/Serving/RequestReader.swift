import FoundationEssentials
import Hummingbird
import HTTPTypes
import NIOCore

/// Reads HTTP requests: who asks, and for what.
struct RequestReader: Sendable {
  let host: ClusterHost

  /// Objects larger than etcd would take are refused, as upstream does.
  static let bodyLimit = 3 * 1024 * 1024

  /// The request as the cluster understands it; throws a refusal for what it does not know.
  func read(_ request: Request) async throws -> APIRequest {
    let user = try await user(of: request)
    var out = APIRequest(
      method: request.method.rawValue, path: request.uri.path, query: request.uri.query ?? "", user: user)
    out.accept = request.headers[.accept] ?? "application/json"
    out.contentType = request.headers[.contentType] ?? "application/json"
    out.userAgent = request.headers[.userAgent] ?? ""
    if request.method != .get, request.method != .head {
      do {
        let buffer = try await request.body.collect(upTo: Self.bodyLimit)
        out.body = Array(buffer.readableBytesView)
      } catch is NIOTooManyBytesError {
        throw StatusError(
          code: 413, reason: "RequestEntityTooLarge", message: "Request entity too large: limit is \(Self.bodyLimit)")
      }
    }
    return out
  }

  private func user(of request: Request) async throws -> User {
    guard let header = request.headers[.authorization], header.lowercased().hasPrefix("bearer ") else {
      throw StatusError.unauthorized
    }
    let token = String(header.dropFirst("bearer ".count).drop { $0 == " " })
    guard let user = await host.user(token: token) else { throw StatusError.unauthorized }
    guard let name = Self.header(request, "impersonate-user") else { return user }
    guard user.isAdministrator else {
      throw StatusError.forbidden(
        GroupResource(group: "", resource: "users"), name,
        "User \"\(user.name)\" cannot impersonate resource \"users\" in API group \"\" at the cluster scope")
    }
    let groups = HTTPField.Name("impersonate-group").map { request.headers[values: $0] } ?? []
    return .impersonated(name: name, groups: groups)
  }

  private static func header(_ request: Request, _ name: String) -> String? {
    HTTPField.Name(name).flatMap { request.headers[$0] }
  }
}
