import Hummingbird
import HummingbirdTLS
import Logging
import NIOCore
import NIOSSL

/// The part of the kubelet's API that `kubectl logs` needs on a real control plane: `GET
/// /containerLogs/NAMESPACE/POD/CONTAINER`, over TLS on loopback, for the API server's client certificate alone.
public struct NodeLogServer: Sendable {
  private let logs: any PodLogProvider
  private let clientCertificate: String

  /// - Parameter clientCertificate: the PEM file of the one certificate that clients may show.
  public init(logs: any PodLogProvider, clientCertificate: String) {
    self.logs = logs
    self.clientCertificate = clientCertificate
  }

  /// Serves until the task is cancelled; `onReady` is told the port.
  public func run(onReady: @escaping @Sendable (Int) async -> Void) async throws {
    let authority = try CertificateAuthority(names: ["localhost"], addresses: ["127.0.0.1"])
    var tls = TLSConfiguration.makeServerConfiguration(
      certificateChain: try NIOSSLCertificate.fromPEMBytes(Array(authority.serverCertificatePEM.utf8))
        .map { .certificate($0) },
      privateKey: .privateKey(try NIOSSLPrivateKey(bytes: Array(authority.serverKeyPEM.utf8), format: .pem)))
    tls.minimumTLSVersion = .tlsv12
    tls.applicationProtocols = ["http/1.1"]
    tls.trustRoots = .file(clientCertificate)
    tls.certificateVerification = .noHostnameVerification
    var logger = Logger(label: "martlet-local")
    logger.logLevel = .critical
    let application = Application(
      responder: Responder(logs: logs), server: try .tls(.http1(), tlsConfiguration: tls),
      configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0)),
      onServerRunning: { channel in await onReady(channel.localAddress?.port ?? 0) }, logger: logger)
    try await application.run()
  }

  private struct Responder: HTTPResponder {
    let logs: any PodLogProvider

    func respond(to request: Request, context: BasicRequestContext) async throws -> Response {
      let parts = request.uri.path.split(separator: "/").map(String.init)
      guard request.method == .get, parts.count == 4, parts[0] == "containerLogs" else {
        return Response(status: .notFound)
      }
      let query = request.uri.queryParameters
      func flag(_ name: String) -> Bool { query[Substring(name)] == "true" }
      func number(_ name: String) -> Int? { query[Substring(name)].flatMap { Int($0) } }
      let wanted = PodLogRequest(
        namespace: parts[1], pod: parts[2], uid: "", container: parts[3], node: "", follow: flag("follow"),
        previous: flag("previous"), timestamps: flag("timestamps"), tailLines: number("tailLines"),
        sinceSeconds: number("sinceSeconds"), sinceTime: query["sinceTime"].map(String.init),
        limitBytes: number("limitBytes"))
      guard let output = try await logs.logs(wanted) else { return Response(status: .notFound) }
      let body = ResponseBody { writer in
        try await request.body.consumeWithCancellationOnInboundClose { _ in
          try await writer.write(ByteBuffer())
          for await piece in output { try await writer.write(ByteBuffer(bytes: piece)) }
        }
        try await writer.finish(nil)
      }
      return Response(status: .ok, headers: [.contentType: "text/plain"], body: body)
    }
  }
}
