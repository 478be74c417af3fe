import CRDTypes
import Glibc
import JSON
import Testing

@testable import LocalNetwork

@Suite struct ServiceTests {
  private func service(_ name: String = "s", _ spec: JSONObject = [:]) -> DynamicObject {
    let base: JSONObject = [
      "clusterIP": "127.65.0.1", "selector": ["app": "x"], "ports": [["port": 80, "targetPort": "http"]],
    ]
    return DynamicObject([
      "metadata": ["name": .string(name), "namespace": "n"], "spec": .object(base.merging(spec) { _, new in new }),
    ])
  }

  private func pod(_ name: String, ip: String, ready: Bool = true, deleted: Bool = false) -> DynamicObject {
    var pod = DynamicObject([
      "metadata": ["name": .string(name), "namespace": "n", "labels": ["app": "x"]],
      "spec": ["containers": [["ports": [["name": "http", "containerPort": 8080]]]]],
      "status": ["podIP": .string(ip), "conditions": [["type": "Ready", "status": ready ? "True" : "False"]]],
    ])
    if deleted { pod.json[path: "metadata", "deletionTimestamp"] = "2026-01-01T00:00:00Z" }
    return pod
  }

  @Test("A Service's traffic goes to its ready pods that are not being deleted, at each pod's own port of that name")
  func endpoints() {
    let pods = [
      pod("b", ip: "127.64.0.2"), pod("a", ip: "127.64.0.1"), pod("c", ip: "127.64.0.3", ready: false),
      pod("d", ip: "127.64.0.4", deleted: true), pod("e", ip: ""),
    ]
    let table = ServiceTable(services: [service()], pods: pods)
    #expect(table.frontends.map(\.endpoints) == [["127.64.0.1:8080", "127.64.0.2:8080"]])
    let all = ServiceTable(services: [service("s", ["publishNotReadyAddresses": true])], pods: pods)
    #expect(all.frontends[0].endpoints.count == 4)
  }

  @Test(
    "A Service without an address, a selector or TCP ports is not served",
    arguments: [
      ["clusterIP": "None"], ["clusterIP": ""], ["selector": [:]], ["ports": [["port": 53, "protocol": "UDP"]]],
      ["clusterIP": "fd00::1"],
    ] as [JSONObject])
  func unserved(spec: JSONObject) {
    #expect(ServiceTable(services: [service("s", spec)], pods: []).frontends.isEmpty)
  }

  @Test("An endpoint keeps its slot, and no change is made that is not needed")
  func slots() {
    for seed in 0..<100 as Range<UInt64> {
      var state = seed &+ 1
      func roll(_ sides: UInt64) -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return (state >> 33) % sides
      }
      var slots = ServiceSlots()
      var servers = [String?](repeating: nil, count: ServiceSlots.count)
      for _ in 0..<30 {
        let size = roll(10) == 0 ? 60 : roll(12)
        let endpoints = Array(Set((0..<size).map { _ in "10.0.0.\(roll(70)):80" })).sorted()
        let before = servers
        let changes = slots.update("f", endpoints: endpoints)
        for change in changes { servers[change.slot] = change.endpoint }
        #expect(Set(changes.map(\.slot)).count == changes.count)
        #expect(servers == slots.held["f"])
        let held = servers.compactMap { $0 }
        #expect(Set(held).count == held.count && held.count == min(endpoints.count, ServiceSlots.count))
        #expect(Set(held).isSubset(of: endpoints))
        for (slot, endpoint) in before.enumerated() {
          if let endpoint, endpoints.contains(endpoint) { #expect(servers[slot] == endpoint) }
          if before[slot] == servers[slot] { #expect(!changes.contains { $0.slot == slot }) }
        }
      }
      slots.keepOnly([])
      #expect(slots.held.isEmpty)
    }
  }

  @Test("HAProxy accepts the configuration", .enabled(if: access("/usr/sbin/haproxy", X_OK) == 0))
  func haproxy() throws {
    let pods = (1...40).map { pod("p\($0)", ip: "127.64.0.\($0)") }
    let table = ServiceTable(
      services: [service(), service("other", ["ports": [["port": 81], ["port": 82, "name": "b"]]]), service("empty", ["selector": ["no": "pod"]])],
      pods: pods)
    var slots = ServiceSlots()
    for frontend in table.frontends { _ = slots.update(frontend.name, endpoints: frontend.endpoints) }
    let text = ProxyConfiguration.text(table, slots: slots, socket: "/tmp/martlet-test.sock")
    #expect(try Program.objection(of: "/usr/sbin/haproxy", ["-c", "-f"], to: text) == "")
    #expect(try Program.objection(of: "/usr/sbin/haproxy", ["-c", "-f"], to: "listen x\n  nonsense\n") != "")
  }
}
