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
  /// What the addresses of Services begin with.
  let serviceNetwork: String
  /// Whether kube-controller-manager runs, where it is there.
  var withControllers = true

  init?(environment: [String: String], folder: String, serviceNetwork: String) {
    guard let assets = environment["KUBEBUILDER_ASSETS"], !assets.isEmpty else { return nil }
    self.assets = assets
    self.serviceNetwork = serviceNetwork
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
    // Made anew, as all of the cluster's files: a store of an earlier run would bring back its objects.
    try? FileManager.default.removeItem(atPath: folder)
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let token = (0..<16).map { _ in String(UInt8.random(in: 16...255), radix: 16) }.joined()
    try Data("\(token),admin,admin,system:masters\n".utf8).write(to: URL(filePath: "\(folder)/tokens.csv"))
    chmod("\(folder)/tokens.csv", 0o600)
    try await serviceAccountKey(processes)
    try await nodeCertificate(processes)
    let (client, peer, secure) = (FreePort.find(), FreePort.find(), FreePort.find())
    var running = [
      Running(name: "etcd", pid: try await start(processes, "etcd", etcdArguments(client: client, peer: peer))),
      Running(
        name: "kube-apiserver",
        pid: try await start(processes, "kube-apiserver", serverArguments(etcd: client, port: secure))),
    ]
    do {
      let config = kubeconfig(port: secure, token: token)
      try Data(config.utf8).write(to: URL(filePath: "\(folder)/kubeconfig"))
      chmod("\(folder)/kubeconfig", 0o600)
      try await waitUntilReady(processes, running)
      if withControllers, hasControllerManager {
        let name = "kube-controller-manager"
        running.append(Running(name: name, pid: try await start(processes, name, managerArguments)))
      }
      onReady(config)
      log.info("Started the control plane", ["assets": .string(assets)])
      try await watch(processes, running)
    } catch {
      for program in running { processes.signalGroup(program.pid, SIGKILL) }
      throw error
    }
  }

  private struct Running {
    let name: String
    let pid: Int32
  }

  private func etcdArguments(client: Int, peer: Int) -> [String] {
    let (client, peer) = ("http://127.0.0.1:\(client)", "http://127.0.0.1:\(peer)")
    return [
      "--data-dir=\(folder)/etcd", "--listen-client-urls=\(client)", "--advertise-client-urls=\(client)",
      "--listen-peer-urls=\(peer)", "--initial-advertise-peer-urls=\(peer)", "--initial-cluster=default=\(peer)",
      "--unsafe-no-fsync",
    ]
  }

  private func serverArguments(etcd: Int, port: Int) -> [String] {
    [
      "--etcd-servers=http://127.0.0.1:\(etcd)", "--bind-address=127.0.0.1", "--secure-port=\(port)",
      // An endpoint must not be a loopback address, so the reconciler would only fill the log.
      "--advertise-address=127.0.0.1", "--endpoint-reconciler-type=none", "--cert-dir=\(folder)/certificates",
      "--authorization-mode=Node,RBAC", "--token-auth-file=\(folder)/tokens.csv",
      "--service-account-issuer=https://kubernetes.default.svc",
      "--service-account-key-file=\(folder)/service-account.key",
      "--service-account-signing-key-file=\(folder)/service-account.key", "--allow-privileged=true",
      "--kubelet-client-certificate=\(nodeClientCertificate)", "--kubelet-client-key=\(folder)/node-client.key",
      "--kubelet-preferred-address-types=InternalIP",
      "--service-cluster-ip-range=\(serviceNetwork).0.0/16", "--disable-admission-plugins=ServiceAccount",
    ]
  }

  private var managerArguments: [String] {
    [
      "--kubeconfig=\(folder)/kubeconfig", "--leader-elect=false", "--use-service-account-credentials=false",
      "--service-account-private-key-file=\(folder)/service-account.key", "--bind-address=127.0.0.1",
      "--secure-port=\(FreePort.find())", "--concurrent-job-syncs=10",
      // They cannot write the addresses that pods have here, which only this machine reaches, and would try for ever.
      "--controllers=*,-endpoints-controller,-endpointslice-controller",
    ]
  }

  /// Returns when cancelled; throws when one of the programs ends before that.
  private func watch(_ processes: ProcessTable, _ running: [Running]) async throws {
    let ended = await withTaskCancellationHandler {
      await withTaskGroup(of: String.self) { group in
        for program in running {
          group.addTask {
            let status = await processes.exitStatus(of: program.pid)
            return "\(program.name) ended with status \(status.code)"
          }
        }
        let first = await group.next()
        // The others cannot go on without it, and nothing of theirs is kept.
        for program in running { processes.signalGroup(program.pid, SIGKILL) }
        return first
      }
    } onCancel: {
      for program in running { processes.signalGroup(program.pid, SIGKILL) }
    }
    if let ended, !Task.isCancelled { throw Missing(description: "\(ended); its log is in \(folder)") }
  }

  private func start(_ processes: ProcessTable, _ program: String, _ arguments: [String]) async throws -> Int32 {
    let log = open("\(folder)/\(program).log", O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0o644)
    defer { if log >= 0 { close(log) } }
    return try await processes.start(
      ProcessTable.Command(
        executable: "/usr/bin/setpriv", arguments: ["--pdeathsig", "KILL", "\(assets)/\(program)"] + arguments,
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

  /// What the API server shows a node of which it asks a container's output.
  var nodeClientCertificate: String { "\(folder)/node-client.crt" }

  private func nodeCertificate(_ processes: ProcessTable) async throws {
    let pid = try await processes.start(
      ProcessTable.Command(
        executable: "/usr/bin/openssl",
        arguments: [
          "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "365", "-subj", "/CN=kube-apiserver", "-keyout",
          "\(folder)/node-client.key", "-out", nodeClientCertificate,
        ], environment: ["PATH": "/usr/bin:/bin", "HOME": folder]))
    guard await processes.exitStatus(of: pid) == .exited(0) else {
      throw Missing(description: "openssl could not make a certificate for the API server")
    }
  }

  private func kubeconfig(port: Int, token: String) -> String {
    let config: JSONValue = [
      "apiVersion": "v1", "kind": "Config", "current-context": "upstream",
      "clusters": [
        [
          "name": "upstream",
          "cluster": [
            // The certificate that the API server makes for itself names its address, not `localhost`.
            "server": .string("https://127.0.0.1:\(port)"),
            "certificate-authority": .string("\(folder)/certificates/apiserver.crt"),
          ],
        ]
      ],
      "users": [["name": "admin", "user": ["token": .string(token)]]],
      "contexts": [["name": "upstream", "context": ["cluster": "upstream", "user": "admin", "namespace": "default"]]],
    ]
    return config.text(indent: 2)
  }

  private func waitUntilReady(_ processes: ProcessTable, _ running: [Running]) async throws {
    var last = "it did not answer"
    for _ in 0..<300 {
      for program in running where !processes.isRunning(program.pid) {
        throw Missing(description: "\(program.name) ended at once; its log is \(folder)/\(program.name).log")
      }
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
