import CRDTypes
import FoundationEssentials
import JSON
import KubernetesAPI

/// Keeps the Node object there, its status true and its lease fresh.
struct NodeRegistration: Sendable {
  let client: KubernetesClient
  let configuration: NodeConfiguration
  let hostIP: String

  /// How old a heartbeat in the status may get where nothing changes: the kubelet's `nodeStatusReportFrequency`.
  private static let statusAge: TimeInterval = 300

  /// Registers, then renews the lease every 10 s until cancelled; the status is written anew when it does not say that
  /// the node is ready, and every 5 minutes (KEP-589).
  func run(onRegistered: @Sendable () async -> Void) async throws {
    var told = false
    while !Task.isCancelled {
      do {
        if told, try await isRegistered() { try await renewLease() } else { try await register() }
        if !told {
          told = true
          await onRegistered()
        }
      } catch is CancellationError {
        return
      } catch {
        try await Task.sleep(for: .seconds(1))
        continue
      }
      do { try await Task.sleep(for: .seconds(10)) } catch { return }
    }
  }

  private var key: ObjectKey { ObjectKey(namespace: nil, name: configuration.name) }

  private func isRegistered() async throws -> Bool {
    guard let node = try await client.find(.node, key) else { return false }
    let ready = node.status["conditions"]?.array?.first { $0["type"]?.string == "Ready" }
    let beat = ready?["lastHeartbeatTime"]?.string.flatMap { Timestamp.date($0) }
    return ready?["status"]?.string == "True" && Date().timeIntervalSince(beat ?? .distantPast) < Self.statusAge
  }

  private func register() async throws {
    var node = DynamicObject(.node, key)
    node.labels = [
      "kubernetes.io/hostname": configuration.name, "kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64",
      "martlet.dev/node": "processes",
    ]
    node.spec = [:]
    try await client.apply(node, as: .node, fieldManager: ClusterBackend.fieldManager)
    let now = Timestamp.text(Date())
    let previous = try await client.get(.node, key)
    let ready = previous.status["conditions"]?.array?.first { $0["type"]?.string == "Ready" }
    let since = ready?["status"]?.string == "True" ? ready?["lastTransitionTime"]?.string : nil
    var status = DynamicObject(.node, key)
    let resources = JSONValue(configuration.allocatable)
    status.status = [
      "capacity": resources, "allocatable": resources,
      "addresses": [
        ["type": "InternalIP", "address": .string(hostIP)], ["type": "Hostname", "address": .string(configuration.name)],
      ],
      "conditions": [
        [
          "type": "Ready", "status": "True", "reason": "NodeReady", "message": "pods run as processes of this host",
          "lastHeartbeatTime": .string(now), "lastTransitionTime": .string(since ?? now),
        ]
      ],
      "nodeInfo": [
        "architecture": "amd64", "bootID": "", "containerRuntimeVersion": "process://1", "kernelVersion": "",
        "kubeProxyVersion": "", "kubeletVersion": "v1.36.0-martlet", "machineID": "", "operatingSystem": "linux",
        "osImage": "host", "systemUUID": "",
      ],
    ]
    if let port = configuration.logPort {
      status.json[path: "status", "daemonEndpoints"] = ["kubeletEndpoint": ["Port": JSONValue(port)]]
    }
    try await client.apply(status, as: .node, fieldManager: ClusterBackend.fieldManager, subresource: "status")
    try await renewLease()
  }

  private func renewLease() async throws {
    var lease = DynamicObject(.lease, ObjectKey(namespace: "kube-node-lease", name: configuration.name))
    lease.spec = [
      "holderIdentity": .string(configuration.name), "leaseDurationSeconds": 40,
      "renewTime": .string(Timestamp.microText(Date())),
    ]
    do {
      try await client.apply(lease, as: .lease, fieldManager: ClusterBackend.fieldManager)
    } catch let error as APIError where error.isNotFound {
      // The namespace comes with the API server's own controllers, a moment after the server.
    }
  }
}
