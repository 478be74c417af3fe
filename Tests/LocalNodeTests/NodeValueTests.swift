import CRDTypes
import FoundationEssentials
import JSON
import Testing

@testable import LocalNode

@Suite struct NodeValueTests {
  static let facts = ContainerEnvironment.PodFacts(
    metadata: ["name": "p", "namespace": "n", "uid": "u", "labels": ["b": "2", "a": "1"], "annotations": ["x/y": "z"]],
    podIP: "127.64.0.1", hostIP: "127.0.0.1", nodeName: "node", serviceAccount: "default",
    allocatable: ["cpu": "8", "memory": "16Gi"])
  static let sources = PodSources(
    configMaps: ["cm": ["k": Array("v".utf8), "mode": Array("fast".utf8)]], secrets: ["s": ["token": Array("t".utf8)]])

  private func environment(_ container: JSONValue) throws(ContainerConfigError) -> [String: String] {
    try ContainerEnvironment(container: container, facts: Self.facts, sources: Self.sources, services: ["SVC": "1"]).variables
  }

  @Test("Variables come from services, then whole maps, then one by one, each of which may name those before it")
  func order() throws {
    let variables = try environment([
      "envFrom": [["configMapRef": ["name": "cm"], "prefix": "P_"], ["secretRef": ["name": "s"]]],
      "env": [
        ["name": "A", "value": "$(P_k)-$(SVC)-$(LATER)"], ["name": "LATER", "value": "x"], ["name": "token", "value": "own"],
        ["name": "K", "valueFrom": ["configMapKeyRef": ["name": "cm", "key": "k"]]],
        ["name": "S", "valueFrom": ["secretKeyRef": ["name": "s", "key": "token"]]],
      ],
    ])
    #expect(variables["A"] == "v-1-$(LATER)")
    #expect(variables["token"] == "own" && variables["K"] == "v" && variables["S"] == "t" && variables["P_mode"] == "fast")
  }

  @Test(
    "What is missing is an error that names it, unless it is optional",
    arguments: [
      (["env": [["name": "A", "valueFrom": ["configMapKeyRef": ["name": "no", "key": "k"]]]]], "configmap \"no\" not found"),
      (["env": [["name": "A", "valueFrom": ["secretKeyRef": ["name": "s", "key": "no"]]]]], "couldn't find key no in Secret s"),
      (["envFrom": [["secretRef": ["name": "no"]]]], "secret \"no\" not found"),
      (["env": [["name": "A", "valueFrom": ["configMapKeyRef": ["name": "no", "key": "k", "optional": true]]]]], nil),
      (["envFrom": [["configMapRef": ["name": "no", "optional": true]]]], nil),
    ] as [(JSONValue, String?)])
  func missing(container: JSONValue, message: String?) {
    do throws(ContainerConfigError) {
      let variables = try environment(container)
      #expect(message == nil && variables["A"] == nil)
    } catch {
      #expect(error.message == message && error.reason == "CreateContainerConfigError")
    }
  }

  @Test(
    "Fields of the pod are read by their paths",
    arguments: [
      ("metadata.name", "p"), ("metadata.uid", "u"), ("metadata.labels['a']", "1"), ("metadata.annotations['x/y']", "z"),
      ("metadata.labels['none']", ""), ("metadata.labels", "a=\"1\"\nb=\"2\""), ("status.podIP", "127.64.0.1"),
      ("spec.nodeName", "node"), ("status.phase", nil),
    ] as [(String, String?)])
  func fields(path: String, value: String?) { #expect(Self.facts.field(path) == value) }

  @Test(
    "Resources are in units of the divisor, rounded up; a limit that is not set is what the node has",
    arguments: [
      ("limits.cpu", nil, "2"), ("limits.cpu", "1m", "1500"), ("requests.cpu", "1m", "250"), ("limits.memory", "1Mi", "16384"),
      ("requests.memory", nil, "0"), ("limits.cpu", "0", "2"), ("requests.ephemeral-storage", nil, "0"),
    ] as [(String, String?, String)])
  func resources(name: String, divisor: String?, value: String) {
    let container: JSONValue = ["resources": ["limits": ["cpu": "1500m"], "requests": ["cpu": "250m"]]]
    #expect(Self.facts.resource(name, divisor: divisor, of: container) == value)
  }

  @Test("A volume's files have the names, contents and modes that it asks for")
  func files() throws {
    func files(_ volume: JSONValue) throws -> [VolumeFiles.File] {
      try VolumeFiles(volume: volume, facts: Self.facts, sources: Self.sources).files
    }
    #expect(try files(["configMap": ["name": "cm"]]).map(\.path) == ["k", "mode"])
    #expect(try files(["configMap": ["name": "cm"]])[0].mode == 0o644)
    let item = try files(["secret": ["secretName": "s", "defaultMode": 256, "items": [["key": "token", "path": "d/t"]]]])
    #expect(item == [VolumeFiles.File(path: "d/t", content: Array("t".utf8), mode: 0o400)])
    let projected = try files([
      "projected": [
        "defaultMode": 288,
        "sources": [
          ["secret": ["name": "s"]], ["configMap": ["name": "none", "optional": true]],
          ["downwardAPI": ["items": [["path": "name", "fieldRef": ["fieldPath": "metadata.name"]]]]],
        ],
      ]
    ])
    #expect(projected.map(\.path) == ["token", "name"] && projected.allSatisfy { $0.mode == 0o440 })
    #expect(try files(["emptyDir": [:]]).isEmpty)
    #expect(try files(["configMap": ["name": "cm", "defaultMode": -1]])[0].mode == 0o644)
  }

  @Test(
    "A volume that cannot be had is FailedMount",
    arguments: [
      ["configMap": ["name": "none"]], ["secret": ["secretName": "s", "items": [["key": "no", "path": "p"]]]],
      ["secret": ["secretName": "s", "items": [["key": "token", "path": "../../etc/x"]]]],
      ["secret": ["secretName": "s", "items": [["key": "token", "path": "/etc/x"]]]], ["nfs": ["server": "x"]],
    ] as [JSONValue])
  func noFiles(volume: JSONValue) {
    do throws(ContainerConfigError) {
      _ = try VolumeFiles(volume: volume, facts: Self.facts, sources: Self.sources)
      Issue.record("no error")
    } catch {
      #expect(error.reason == "FailedMount")
    }
  }

  @Test("A pod asks for what runs at once at its peak: all containers, or an init container with the sidecars before it")
  func requests() {
    func container(_ cpu: String, sidecar: Bool = false) -> JSONValue {
      .compact(["resources": ["requests": ["cpu": .string(cpu)]], "restartPolicy": sidecar ? "Always" : nil])
    }
    func cpu(_ mains: [JSONValue], _ inits: [JSONValue] = [], overhead: String? = nil) -> Int64 {
      PodRequests(
        podSpec: .compact([
          "containers": .array(mains), "initContainers": .array(inits),
          "overhead": overhead.map { ["cpu": .string($0)] },
        ]))["cpu"]
    }
    #expect(cpu([container("1"), container("500m")]) == 1500)
    #expect(cpu([container("1")], [container("3")]) == 3000)
    #expect(cpu([container("1")], [container("1", sidecar: true), container("3")]) == 4000)
    #expect(cpu([container("1")], [container("3"), container("1", sidecar: true)]) == 3000)
    #expect(cpu([container("1")], [container("1", sidecar: true)], overhead: "100m") == 2100)
    let limits = PodRequests(podSpec: ["containers": [["resources": ["limits": ["nvidia.com/gpu": 2]]]]])
    #expect(limits["nvidia.com/gpu"] == 2000 && limits["pods"] == 1000)
  }

  private func node(_ name: String, gpus: String = "1", more: (inout DynamicObject) -> Void = { _ in }) -> DynamicObject {
    var node = DynamicObject(.node, ObjectKey(namespace: nil, name: name))
    node.status = [
      "allocatable": ["cpu": "4", "pods": "10", "nvidia.com/gpu": .string(gpus)],
      "conditions": [["type": "Ready", "status": "True"]],
    ]
    more(&node)
    return node
  }

  private func pod(_ name: String, gpus: Int = 0, on node: String? = nil, phase: String = "Running") -> DynamicObject {
    var pod = DynamicObject(.pod, ObjectKey(namespace: "n", name: name))
    pod.spec = .compact([
      "containers": [["resources": ["limits": ["nvidia.com/gpu": JSONValue(gpus)]]]], "nodeName": node.map(JSONValue.string),
    ])
    pod.status = ["phase": .string(phase)]
    return pod
  }

  @Test("Pods go where there is room, one after another, and a pod that has ended takes none")
  func places() {
    let nodes = [node("b"), node("a")]
    let verdicts = Placement.place(
      pending: [pod("1", gpus: 1), pod("2", gpus: 1), pod("3", gpus: 1)],
      bound: [pod("over", gpus: 1, on: "a", phase: "Succeeded")], nodes: nodes
    ).map(\.1)
    #expect(
      verdicts == [
        .bind(node: "a"), .bind(node: "b"), .unschedulable("0/2 nodes are available: 2 Insufficient nvidia.com/gpu."),
      ])
  }

  @Test("What keeps a pod from every node is counted")
  func refusals() {
    let nodes = [
      node("a") { $0.spec = ["unschedulable": true] }, node("b", gpus: "0"), node("c") { $0.status = [:] },
      node("d") { $0.spec = ["taints": [["key": "k", "effect": "NoSchedule"]]] },
    ]
    let verdict = Placement.place(pending: [pod("p", gpus: 1)], bound: [], nodes: nodes)[0].1
    #expect(
      verdict
        == .unschedulable(
          "0/4 nodes are available: 1 Insufficient nvidia.com/gpu, 1 node(s) had untolerated taint(s), 1 node(s) were not ready, 1 node(s) were unschedulable."
        ))
    #expect(
      Placement.place(pending: [pod("p")], bound: [], nodes: [])[0].1 == .unschedulable("no nodes available to schedule pods"))
    var tolerant = pod("t")
    tolerant.json[path: "spec", "tolerations"] = [["operator": "Exists"]]
    #expect(Placement.place(pending: [tolerant], bound: [], nodes: [nodes[3]])[0].1 == .bind(node: "d"))
  }

  @Test("A device belongs to one pod at a time, and asking again gives the same")
  func devices() {
    var devices = DeviceAllocator(count: 3)
    devices.expect(2, to: "a", [0, 1])
    devices.expect(2, to: "a", [0, 1])
    devices.expect(2, to: "b", nil)
    devices.expect(1, to: "b", [2])
    devices.release("a")
    devices.release("a")
    devices.expect(2, to: "c", [0, 1])
    devices.expect(0, to: "d", [])
  }

  @Test("Addresses are unique until they are given back, and never the first or last of a block")
  func addresses() {
    var pool = AddressPool(network: "127.64")
    var seen: Set<String> = []
    while let address = pool.take() {
      #expect(seen.insert(address).inserted)
      if address.hasSuffix(".0") || address.hasSuffix(".255") { Issue.record("\(address)") }
    }
    #expect(seen.count == 254 * 256)
    pool.give(back: "127.64.3.7")
    let last = [pool.take(), pool.take()]
    #expect(last == ["127.64.3.7", nil])
  }

  @Test(
    "An image is looked up by its name without tag and digest",
    arguments: [
      ("repo/a:1", ["/a", "/host"]), ("repo/a@sha256:00", ["/a", "/host"]), ("localhost:5000/b", ["/host"]),
      ("team/x/y:2", ["/team", "/host"]), ("other", ["/host"]),
    ] as [(String, [String])])
  func images(image: String, folders: [String]) throws {
    let map = ImageMap(
      rules: [.init(pattern: "repo/a", folders: ["/a"]), .init(pattern: "team/*", folders: ["/team"])], hostFolders: ["/host"])
    #expect(try map.folders(for: image) == folders)
  }

  @Test(
    "An image that cannot be is refused as the kubelet names it",
    arguments: [("", "InvalidImageName"), ("a b", "InvalidImageName"), ("UPPER/x", "InvalidImageName"), ("r.invalid/a:1", "ErrImagePull")])
  func noImages(image: String, reason: String) {
    do throws(ImageMap.Refusal) {
      _ = try ImageMap().folders(for: image)
      Issue.record("no refusal")
    } catch {
      #expect(error.reason == reason)
    }
  }
}

extension DeviceAllocator {
  fileprivate mutating func expect(
    _ count: Int, to pod: String, _ devices: [Int]?, _ location: SourceLocation = #_sourceLocation
  ) {
    let given = allocate(count, to: pod)
    #expect(given == devices, sourceLocation: location)
  }
}
