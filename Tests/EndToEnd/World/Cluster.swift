import CRDTypes
import FoundationEssentials
import JSON
import KubernetesAPI
import TestSupport
import YAML

/// The cluster that the tests run on: the one that a kubeconfig names, or a local one that is started for them.
final class Cluster: Sendable {
  let kubeconfig: String
  let client: KubernetesClient
  /// Where Ingresses are served, such as `http://127.0.0.1:8080`; nil where that is not known.
  let ingress: String?
  /// Whether pods are processes of this machine.
  let isLocal: Bool
  /// The image of a server that answers as MLflow's scoring server does, at once; nil where pods need real images.
  var stubImage: String? { isLocal ? "martlet.test/stub-server:1" : nil }
  /// Whether the API server can read containers' logs: it cannot ask a node that the tests have joined to it.
  let hasLogs: Bool
  private let folder: TemporaryFolder
  private let processes: [ServerProcess]

  private init(
    kubeconfig: String, ingress: String?, isLocal: Bool, hasLogs: Bool = true, folder: TemporaryFolder,
    processes: [ServerProcess]
  ) throws {
    self.hasLogs = hasLogs
    self.kubeconfig = kubeconfig
    self.ingress = ingress
    self.isLocal = isLocal
    self.folder = folder
    self.processes = processes
    client = KubernetesClient(
      try ClusterConfiguration.load(kubeconfig: kubeconfig, context: nil), userAgent: "martlet-tests",
      fieldValidation: .strict)
  }

  /// The cluster of MARTLET_E2E_KUBECONFIG or KUBECONFIG, else a local one, with the CRDs and a node.
  static func start() async throws -> Cluster {
    let cluster: Cluster
    if let given = Programs.setting("MARTLET_E2E_KUBECONFIG") ?? Programs.setting("KUBECONFIG") {
      cluster = try await joined(given)
    } else {
      cluster = try await local()
    }
    try await cluster.installDefinitions()
    return cluster
  }

  private static func joined(_ kubeconfig: String) async throws -> Cluster {
    let folder = try TemporaryFolder()
    let asked = try Cluster(kubeconfig: kubeconfig, ingress: nil, isLocal: false, folder: folder, processes: [])
    let address = Programs.setting("MARTLET_E2E_INGRESS")
    if try await asked.hasReadyNode(where: { $0 != nodeName }) || Programs.setting("MARTLET_E2E_NODE") == "0" {
      return try Cluster(
        kubeconfig: kubeconfig, ingress: address, isLocal: address == nil, folder: folder, processes: [])
    }
    let port = try FreePort.next()
    let begun = Date()
    let node = try ServerProcess(
      Programs.path("martlet-local"),
      ["node", "--kubeconfig", kubeconfig, "--node-name", nodeName, "--schedule", "--network", "--ingress-port", "\(port)", "--folder",
       folder.file("node")] + (try nodeOptions(folder)),
      log: Programs.log("node", in: folder))
    try await node.waitUntil("a Ready node", within: .seconds(60)) {
      try await asked.hasReadyNode(since: begun) { $0 == nodeName }
    }
    return try Cluster(
      kubeconfig: kubeconfig, ingress: "http://127.0.0.1:\(port)", isLocal: true, hasLogs: false, folder: folder,
      processes: [node])
  }

  private static func local() async throws -> Cluster {
    let folder = try TemporaryFolder()
    let process = try ServerProcess(
      Programs.path("martlet-local"), ["up", "--folder", folder.file("cluster")] + (try nodeOptions(folder)),
      log: Programs.log("cluster", in: folder))
    let ready = folder.file("cluster/ready.json")
    try await process.waitUntil("a local cluster", within: .seconds(90)) {
      FileManager.default.fileExists(atPath: ready)
    }
    let state = try JSONValue(parsing: [UInt8](try Data(contentsOf: URL(filePath: ready))))
    return try Cluster(
      kubeconfig: state["kubeconfig"]?.string ?? folder.file("cluster/kubeconfig"), ingress: state["ingress"]?.string,
      isLocal: true, folder: folder, processes: [process])
  }

  /// Joins another node of this machine to the cluster, for the pods of one test alone: those that ask for a label of
  /// its name and tolerate a taint of the same.
  func join(_ name: String, for group: String, _ folder: TemporaryFolder) async throws -> ServerProcess {
    let process = try ServerProcess(
      Programs.path("martlet-local"),
      ["node", "--kubeconfig", kubeconfig, "--node-name", name, "--folder", folder.file(name)]
        + (try Self.nodeOptions(folder)), log: Programs.log(name, in: folder))
    let begun = Date()
    try await process.waitUntil("node \(name)", within: .seconds(60)) {
      try await self.hasReadyNode(since: begun) { $0 == name }
    }
    _ = try await client.patch(
      .node, ObjectKey(namespace: nil, name: name),
      .merge([
        "metadata": ["labels": ["martlet.test/group": .string(group)]],
        "spec": ["taints": [["key": "martlet.test/group", "value": .string(group), "effect": "NoSchedule"]]],
      ]), fieldManager: "martlet-tests")
    return process
  }

  /// Images whose programs this machine has, and more room than it has: what tests run hardly works.
  private static func nodeOptions(_ folder: TemporaryFolder) throws -> [String] {
    let images = folder.file("images")
    if FileManager.default.fileExists(atPath: "\(images)/uvicorn") { return options(images) }
    try FileManager.default.createDirectory(atPath: images, withIntermediateDirectories: true)
    try Data(try Programs.fixture("uvicorn").utf8).write(to: URL(filePath: "\(images)/uvicorn"))
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: "\(images)/uvicorn")
    return options(images)
  }

  private static func options(_ images: String) -> [String] {
    let python = "\(Programs.python)/bin"
    return [
      "--image", "python=\(python)", "--image", "ghcr.io/mlflow/mlflow*=\(python)", "--image", "haproxy=/usr/sbin",
      "--image", "martlet.test/stub-server=\(images):\(python)", "--cpu", "64", "--memory", "64Gi", "--gpus", "8",
    ]
  }

  /// The node that the tests join to a cluster; one of an earlier run has the same name, and is taken over.
  private static let nodeName = "martlet-e2e"

  /// Whether there is a node that is Ready and alive: where nobody judges nodes, one that has gone stays Ready.
  private func hasReadyNode(
    since begun: Date = Date(timeIntervalSinceNow: -25), where isMeant: (String) -> Bool
  ) async throws -> Bool {
    let nodes = try await client.list(.node).items.filter { isMeant($0.name) }
    for node in nodes where node.condition("Ready")?["status"]?.string == "True" {
      let lease = try await client.find(.lease, ObjectKey(namespace: "kube-node-lease", name: node.name))
      guard let renewed = (lease?.spec["renewTime"]?.string).flatMap(Timestamp.date) else { continue }
      // A kubelet renews its lease every ten seconds.
      if renewed >= begun { return true }
    }
    return false
  }

  /// Installs crds/ by server-side apply, unknown fields refused, and waits until the kinds are served.
  private func installDefinitions() async throws {
    let crds = "\(Programs.root)/crds"
    for file in try FileManager.default.contentsOfDirectory(atPath: crds).sorted() where file.hasSuffix(".yaml") {
      let text = [UInt8](try Data(contentsOf: URL(filePath: "\(crds)/\(file)")))
      for document in try JSONValue.documents(yaml: text) where document.object != nil {
        try await client.apply(DynamicObject(document), as: .customResourceDefinition, fieldManager: "martlet-tests")
      }
    }
    try await eventually("the kinds to be served") {
      let definitions = try await self.client.list(.customResourceDefinition).items
      let own = definitions.filter { $0.spec["group"]?.string == APIGroup.name }
      guard own.count == 4 else { throw NotYet("\(own.count) of 4 definitions are there") }
      for definition in own where definition.condition("Established")?["status"]?.string != "True" {
        throw NotYet("\(definition.name) is not established")
      }
    }
  }

  /// The end of what the local cluster printed.
  var log: String { processes.last?.tail ?? "" }
}
