import CRDTypes
import FoundationEssentials
import Glibc
import JSON
import KubernetesAPI
import Observability
import Processes

/// An Ingress controller: nginx in front of the cluster's Services.
struct IngressProxy: Sendable {
  let client: KubernetesClient
  let folder: String
  let program: String
  let port: Int
  let tlsPort: Int
  let processes: ProcessTable
  let log: Logger

  private var configuration: String { "\(folder)/nginx.conf" }

  /// Follows routes until they end or the task is cancelled; then nginx is stopped.
  func run(_ updates: AsyncStream<IngressRoutes>) async {
    var process: Int32?
    var written: String?
    for await routes in updates {
      do {
        let nginx = NginxConfiguration(
          folder: folder, port: port, tlsPort: tlsPort, certificates: await certificates(routes))
        let text = nginx.text(routes)
        guard text != written else { continue }
        try Data(text.utf8).write(to: URL(filePath: configuration), options: .atomic)
        written = text
        if let process, processes.isRunning(process) {
          processes.signal(process, SIGHUP)
        } else {
          unlink("\(folder)/nginx.pid")
          let started = try await processes.start(
            ProcessTable.Command(
              executable: OwnedProgram.launcher,
              arguments: OwnedProgram.arguments(program, ["-c", configuration, "-e", "\(folder)/error.log"]),
              environment: ["PATH": "/usr/sbin:/usr/bin:/bin"]))
          process = started
          // A signal that comes before nginx has set its handlers, which it does before it writes this, would end it.
          for _ in 0..<400 where processes.isRunning(started) && access("\(folder)/nginx.pid", F_OK) != 0 {
            try await Task.sleep(for: .milliseconds(25))
          }
        }
      } catch {
        log.error("Could not update the ingress", ["error": .string(String(describing: error))])
      }
    }
    if let process {
      processes.signalGroup(process, SIGKILL)
      _ = await processes.exitStatus(of: process)
    }
  }

  /// Says in an Ingress where it can be reached.
  func publish(_ ingress: DynamicObject, className: String) async {
    let wanted = ingress.spec["ingressClassName"]?.string ?? className
    let address: JSONValue = [
      "ingress": [["ip": "127.0.0.1", "ports": [["port": JSONValue(port), "protocol": "TCP"]]]]
    ]
    guard wanted == className, ingress.status["loadBalancer"] != address else { return }
    do {
      try await client.patch(
        .ingress, ingress.key, .merge(["status": ["loadBalancer": address]]), subresource: "status",
        fieldManager: "martlet-ingress")
    } catch {
      log.debug("Could not publish an ingress's address", ["error": .string(String(describing: error))])
    }
  }

  private func certificates(_ routes: IngressRoutes) async -> [ObjectKey: (certificate: String, key: String)] {
    var out: [ObjectKey: (certificate: String, key: String)] = [:]
    for key in Set(routes.hosts.compactMap(\.tlsSecret)) {
      guard let secret = try? await client.find(.secret, key), let data = secret.json["data"]?.stringMap,
        let certificate = data["tls.crt"].flatMap({ Data(base64Encoded: $0) }),
        let privateKey = data["tls.key"].flatMap({ Data(base64Encoded: $0) })
      else { continue }
      let stem = "\(folder)/\(key.namespace ?? "").\(key.name)"
      guard (try? certificate.write(to: URL(filePath: stem + ".crt"))) != nil,
        (try? privateKey.write(to: URL(filePath: stem + ".key"))) != nil
      else { continue }
      chmod(stem + ".key", 0o600)
      out[key] = (stem + ".crt", stem + ".key")
    }
    return out
  }
}
