import CRDTypes
import Glibc
import JSON
import KubernetesAPI
import TestSupport
import Testing

@Suite("A node that is drained")
struct DrainTests {
  @Test("loses no request: its pods go one by one, as others answer on another node")
  func drained() async throws {
    try await TestNamespace.run("drain") { scope in
      // Nodes are this machine's to join only where pods are its processes.
      guard scope.cluster.isLocal else { return }
      let names = [1, 2].map { "zz-\(scope.name)-\($0)" }
      var nodes: [ServerProcess] = []
      defer { for node in nodes { node.stop() } }
      for name in names { nodes.append(try await scope.cluster.join(name, for: scope.name, scope.folder)) }
      let second = ObjectKey(namespace: nil, name: names[1])
      try await unschedulable(second, true, scope)
      let served = try await Served.start(
        in: scope,
        server: [
          "nodeSelector": ["martlet.test/group": .string(scope.name)],
          "tolerations": [["key": "martlet.test/group", "operator": "Exists"]],
        ])
      #expect(try await places(scope) == [names[0]])
      let traffic = try Traffic(scope, host: served.host)
      let users = Task { await traffic.askOnAndOn() }
      defer { users.cancel() }

      try await unschedulable(second, false, scope)
      let drain = try ServerProcess(
        "kubectl",
        [
          "--kubeconfig", scope.cluster.kubeconfig, "drain", names[0], "--ignore-daemonsets", "--delete-emptydir-data",
          "--timeout=170s",
        ], log: scope.folder.file("drain.log"))
      try await eventually("the drain to end", within: .seconds(180)) { if drain.isRunning { throw NotYet(drain.tail) } }
      #expect(try drain.wait() == 0, "\(drain.tail)")
      try await eventually("the pods to be on the other node", within: .seconds(60)) {
        let found = try await places(scope)
        guard found == [names[1]] else { throw NotYet("\(found)") }
      }
      try await scope.wait(ModelDeployment.type, "churn", "Ready", within: .seconds(60))
      users.cancel()
      let seen = await users.value
      #expect(seen.failures == [])
      #expect(seen.requests > 50)

      try await scope.client.delete(ModelDeployment.type, scope.key("churn"))
      try await scope.waitUntilNone(.pod, selector: .labels(["martlet.dev/model-deployment": "churn"]))
      for (node, name) in zip(nodes, names) {
        node.stop()
        try await scope.client.delete(.node, ObjectKey(namespace: nil, name: name))
      }
    }
  }

  /// The nodes of the deployment's pods.
  private func places(_ scope: TestNamespace) async throws -> [String] {
    let pods = try await scope.client.list(
      .pod, namespace: scope.name, selector: .labels(["martlet.dev/model-deployment": "churn"])).items
    return Set(pods.compactMap { $0.spec["nodeName"]?.string }).sorted()
  }

  private func unschedulable(_ node: ObjectKey, _ value: Bool, _ scope: TestNamespace) async throws {
    _ = try await scope.client.patch(
      .node, node, .merge(["spec": ["unschedulable": .bool(value)]]), fieldManager: TestNamespace.manager)
  }
}
