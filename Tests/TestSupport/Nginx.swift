public import Glibc
import FoundationEssentials

/// An nginx with one worker process, run in the foreground from its own folder.
public final class Nginx: Sendable {
  public let port: Int
  public let folder: TemporaryFolder
  public let process: ServerProcess

  /// Starts nginx and waits until it accepts connections.
  ///
  /// - Parameters:
  ///   - server: the contents of the one `server` block, without `listen`.
  ///   - certificates: with them, it serves TLS and HTTP/2 on ``port``.
  ///   - http: directives for the `http` block.
  public static func start(_ server: String, certificates: Certificates?, http: String = "") async throws -> Nginx {
    let nginx = try Nginx(server, certificates: certificates, http: http)
    try await nginx.process.waitUntilListening(on: nginx.port)
    return nginx
  }

  private init(_ server: String, certificates: Certificates?, http: String) throws {
    port = try FreePort.next()
    folder = try TemporaryFolder()
    for name in ["body", "proxy", "fastcgi", "uwsgi", "scgi"] { try folder.makeFolder(name, shared: true) }
    let tls = certificates.map {
      "ssl_certificate \($0.serverCertificatePath); ssl_certificate_key \($0.serverKeyPath);"
    }
    let configuration = """
      worker_processes 1;
      pid \(folder.file("pid"));
      error_log \(folder.file("error.log")) warn;
      events { worker_connections 1024; }
      http {
        access_log off;
        client_body_temp_path \(folder.file("body"));
        proxy_temp_path \(folder.file("proxy"));
        fastcgi_temp_path \(folder.file("fastcgi"));
        uwsgi_temp_path \(folder.file("uwsgi"));
        scgi_temp_path \(folder.file("scgi"));
        default_type application/json;
        \(http)
        server {
          listen 127.0.0.1:\(port)\(tls == nil ? "" : " ssl http2");
          root \(folder.path);
          \(tls ?? "")
          \(server)
        }
      }
      """
    let path = try folder.write("nginx.conf", configuration)
    process = try ServerProcess(
      "/usr/sbin/nginx", ["-p", folder.path, "-c", path, "-e", folder.file("error.log"), "-g", "daemon off;"],
      log: folder.file("log"))
  }

  /// The processes that serve requests, children of the one that reads the configuration.
  public func workers() throws -> [pid_t] {
    let path = "/proc/\(process.pid)/task/\(process.pid)/children"
    let bytes = try Data(contentsOf: URL(filePath: path))
    return String(decoding: bytes, as: UTF8.self).split(separator: " ").compactMap { pid_t($0) }
  }

  /// Has the configuration read again, and waits until a new worker process has taken over.
  public func reload() async throws {
    let before = try workers()
    process.signal(SIGHUP)
    try await process.waitUntil("reloaded") { try workers().contains { !before.contains($0) } }
  }
}
