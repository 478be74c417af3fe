import FoundationEssentials
import TestSupport
import Transport

@testable import Operator
@testable import Planning

/// A router as an experiment's pod runs it: HAProxy with the planned configuration in front of two servers that say
/// which variant they are.
final class RunningRouter: Sendable {
  static let token = "0123456789abcdef0123456789abcdef"
  static let salt = "experiment-uid"

  let folder: TemporaryFolder
  /// The pod's address: of the loopback network, so that its fixed ports are its own.
  let address: String
  let port: Int
  let process: ServerProcess
  let variants: [String: Nginx]
  let http = HTTPClient(HTTPClientConfiguration(retry: .never))

  var client: RouterClient { RouterClient(client: http) }

  /// - Parameters:
  ///   - isRollout: whether requests are assigned by chance, and what the treatment does not answer goes to the control.
  ///   - treatment: nginx's answer of the treatment to all but `/ping`.
  ///   - copies: whether slots may send copies of requests.
  init(
    _ slots: SlotTable, header: String? = "X-User-Id", isRollout: Bool = false, copies: Bool = false,
    gate: RouterConfiguration.Gate = .init(), treatment: String = "return 200 '\"treatment\"';"
  ) async throws {
    var variants: [String: Nginx] = [:]
    for (name, answer) in [("control", "return 200 '\"control\"';"), ("treatment", treatment)] {
      variants[name] = try await Nginx.start(
        "location / { \(answer) } location = /ping { return 200; }", certificates: nil)
    }
    self.variants = variants
    folder = try TemporaryFolder()
    // The ports for metrics and control are fixed, the address is not.
    address = "127.\(Int.random(in: 1...250)).\(Int.random(in: 1...250)).\(Int.random(in: 2...250))"
    port = try FreePort.next()
    let configuration = RouterConfiguration(
      assignment: isRollout ? .random : .user(salt: Self.salt, header: header, cookie: "martlet_user"),
      backends: ["control", "treatment"].map { name in
        let backup = RouterConfiguration.Backup(
          variant: "control", server: "127.0.0.1:\(variants["control"]?.port ?? 0)")
        return .init(
          variant: name, server: "127.0.0.1:\(variants[name]?.port ?? 0)",
          backups: isRollout && name == "treatment" ? [backup] : [])
      }, control: "control", gate: gate, mirrors: copies)
    let text = configuration.text.replacing(RouterConfiguration.folder, with: folder.path)
      .replacing("\"${POD_IP}:\(RouterConfiguration.port)\"", with: "127.0.0.1:\(port)")
    try folder.write("slots.map", slots.text)
    let path = try folder.write("haproxy.cfg", text)
    if let program = configuration.program { try folder.write(RouterMirror.file, program) }
    let environment = ["POD_IP": address, RouterConfiguration.tokenVariable: Self.token]
    try HAProxy.check(path, environment: environment)
    process = try await HAProxy.start(path, environment: environment, log: folder.file("log"), port: port)
  }

  struct Answer: Sendable, Hashable {
    let assigned: String?
    let variant: String?
    /// Which server answered.
    let body: String
    let cookie: String?
  }

  /// Sends one request of a user.
  func request(
    user: String? = nil, cookie: String? = nil, path: String = "/invocations", body: [UInt8]? = nil
  ) async throws -> Answer {
    var headers: HTTPHeaders = [:]
    headers["X-User-Id"] = user
    headers["Cookie"] = cookie.map { "martlet_user=\($0)" }
    let response = try await http.send(
      HTTPRequest(body == nil ? "GET" : "POST", url: "http://127.0.0.1:\(port)\(path)", headers: headers, body: body))
    let body = String(decoding: response.body, as: UTF8.self).filter { $0 != "\"" }
    let set = response.headers["Set-Cookie"]?.split(separator: ";").first?.split(separator: "=").last
    return Answer(
      assigned: response.headers["X-Martlet-Assigned"], variant: response.headers["X-Martlet-Variant"], body: body,
      cookie: set.map { String($0) })
  }

  /// The slot of a user, computed here.
  static func slot(_ user: String) -> Int { Int(XXHash32.hash("\(salt):\(user)") % 10_000) / 100 }

  func stop() async {
    process.stop()
    await http.shutdown()
  }
}
