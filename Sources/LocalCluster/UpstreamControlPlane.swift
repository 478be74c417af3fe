import FoundationEssentials
import Glibc
import JSON
import KubernetesAPI
import Observability
import Processes
import Transport

/// The real control plane, where `KUBEBUILDER_ASSETS` names a folder with its programs (the convention of envtest).
struct UpstreamControlPlane: Sendable {
  let assets: String
  let folder: String

  init?(environment: [String: String], folder: String) {
    guard let assets = environment["KUBEBUILDER_ASSETS"], !assets.isEmpty else { return nil }
    self.assets = assets
    self.folder = "\(folder)/control-plane"
  }

  var hasControllerManager: Bool { access("\(assets)/kube-controller-manager", X_OK) == 0 }

  struct Missing: Error, CustomStringConvertible {
    let description: String
  }

  /// Runs etcd, kube-apiserver and, where it is there, kube-controller-manager until cancelled.
  func run(_ processes: ProcessTable, log: Logger, onReady: @Sendable (String) -> Void) async throws {
    for program in ["etcd", "kube-apiserver"] where access("\(assets)/\(program)", X_OK) != 0 {
      throw Missing(description: "KUBEBUILDER_ASSETS=\(assets): there is no program \(program)")
    }
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let token = (0..<16).map { _ in String(UInt8.random(in: 16...255), radix: 16) }.joined()
    try Data("\(token),admin,admin,system:masters\n".utf8).write(to: URL(filePath: "\(folder)/tokens.csv"))
    try await serviceAccountKey(processes)
    let (client, peer, secure) = (FreePort.find(), FreePort.find(), FreePort.find())
    var running: [Int32] = []
    running.append(
      try await start(
        processes, "etcd",
        [
          "--data-dir=\(folder)/etcd", "--listen-client-urls=http://127.0.0.1:\(client)",
          "--advertise-client-urls=http://127.0.0.1:\(client)", "--listen-peer-urls=http://127.0.0.1:\(peer)",
          "--initial-advertise-peer-urls=http://127.0.0.1:\(peer)", "--initial-cluster=default=http://127.0.0.1:\(peer)",
          "--unsafe-no-fsync",
        ]))
    running.append(
      try await start(
        processes, "kube-apiserver",
        [
          "--etcd-servers=http://127.0.0.1:\(client)", "--bind-address=127.0.0.1", "--secure-port=\(secure)",
          "--advertise-address=127.0.0.1", "--cert-dir=\(folder)/certificates", "--authorization-mode=Node,RBAC",
          "--token-auth-file=\(folder)/tokens.csv", "--service-account-issuer=https://kubernetes.default.svc",
          "--service-account-key-file=\(folder)/service-account.key",
          "--service-account-signing-key-file=\(folder)/service-account.key", "--allow-privileged=true",
          "--service-cluster-ip-range=127.96.0.0/16", "--disable-admission-plugins=ServiceAccount",
        ]))
    let config = kubeconfig(port: secure, token: token)
    try Data(config.utf8).write(to: URL(filePath: "\(folder)/kubeconfig"))
    chmod("\(folder)/kubeconfig", 0o600)
    try await waitUntilReady()
    if hasControllerManager {
      running.append(
        try await start(
          processes, "kube-controller-manager",
          [
            "--kubeconfig=\(folder)/kubeconfig", "--leader-elect=false", "--use-service-account-credentials=false",
            "--service-account-private-key-file=\(folder)/service-account.key", "--bind-address=127.0.0.1",
            "--secure-port=\(FreePort.find())", "--concurrent-job-syncs=10",
          ]))
    }
    onReady(config)
    log.info("Started the control plane", ["assets": .string(assets)])
    while !Task.isCancelled { try? await Task.sleep(for: .seconds(3600)) }
    for pid in running.reversed() { processes.signalGroup(pid, SIGTERM) }
  }

  private func start(_ processes: ProcessTable, _ program: String, _ arguments: [String]) async throws -> Int32 {
    let log = open("\(folder)/\(program).log", O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0o644)
    defer { if log >= 0 { close(log) } }
    return try await processes.start(
      ProcessTable.Command(
        executable: "/usr/bin/setpriv", arguments: ["--pdeathsig", "TERM", "\(assets)/\(program)"] + arguments,
        environment: ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": folder], output: log >= 0 ? log : nil))
  }

  private func serviceAccountKey(_ processes: ProcessTable) async throws {
    let pid = try await processes.start(
      ProcessTable.Command(
        executable: "/usr/bin/openssl", arguments: ["genrsa", "-out", "\(folder)/service-account.key", "2048"],
        environment: ["PATH": "/usr/bin:/bin", "HOME": folder]))
    guard await processes.exitStatus(of: pid) == .exited(0) else {
      throw Missing(description: "openssl could not make a key for service accounts")
    }
  }

  private func kubeconfig(port: Int, token: String) -> String {
    let config: JSONValue = [
      "apiVersion": "v1", "kind": "Config", "current-context": "upstream",
      "clusters": [
        [
          "name": "upstream",
          "cluster": [
            "server": .string("https://localhost:\(port)"),
            "certificate-authority": .string("\(folder)/certificates/apiserver.crt"),
          ],
        ]
      ],
      "users": [["name": "admin", "user": ["token": .string(token)]]],
      "contexts": [["name": "upstream", "context": ["cluster": "upstream", "user": "admin", "namespace": "default"]]],
    ]
    return config.text(indent: 2)
  }

  private func waitUntilReady() async throws {
    var last = "it did not answer"
    for _ in 0..<300 {
      do {
        let client = KubernetesClient(
          try ClusterConfiguration.load(kubeconfig: "\(folder)/kubeconfig", context: nil),
          userAgent: "martlet-local/0.1")
        let answer = try await client.raw("GET", "/readyz")
        await client.shutdown()
        if answer.status == 200 { return }
        last = "status \(answer.status)"
      } catch is CancellationError {
        throw CancellationError()
      } catch {
        last = String(describing: error)
      }
      try await Task.sleep(for: .milliseconds(200))
    }
    throw Missing(description: "kube-apiserver was not ready within a minute: \(last); see \(folder)/kube-apiserver.log")
  }
}
