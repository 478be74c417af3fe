import CRDTypes
import JSON
import Testing

@testable import LocalControllers

@Suite struct EndpointPlannerTests {
  private func service(_ port: JSONValue, publish: Bool = false) -> DynamicObject {
    DynamicObject([
      "apiVersion": "v1", "kind": "Service", "metadata": ["name": "s", "namespace": "n", "uid": "s"],
      "spec": ["selector": ["app": "x"], "ports": [port], "publishNotReadyAddresses": .bool(publish)],
    ])
  }

  private func pod(_ name: String, ready: Bool = true, deleted: Bool = false, phase: String = "Running", ip: String = "127.64.0.1")
    -> DynamicObject
  {
    var pod = Sample.pod(name, phase, deleted: deleted)
    pod.labels = ["app": "x", "more": "y"]
    pod.json[path: "spec", "containers"] = [["name": "c", "ports": [["name": "http", "containerPort": 8080]]]]
    pod.json[path: "status", "podIP"] = .string(ip)
    pod.json[path: "status", "conditions"] = [["type": "Ready", "status": ready ? "True" : "False"]]
    return pod
  }

  @Test(
    "An endpoint is ready, serving and terminating as its pod is",
    arguments: [
      (true, false, false, true, true), (false, false, false, false, false), (true, true, false, false, true),
      (false, false, true, true, false), (false, true, true, true, false),
    ])
  func conditions(isReady: Bool, deleted: Bool, publish: Bool, ready: Bool, serving: Bool) throws {
    let slice = try #require(
      EndpointPlanner.slice(for: service(["port": 80], publish: publish), pods: [pod("p", ready: isReady, deleted: deleted)]))
    let conditions = slice.json["endpoints"]?[0]?["conditions"]
    #expect(conditions?["ready"] == .bool(ready))
    #expect(conditions?["serving"] == .bool(serving))
    #expect(conditions?["terminating"] == .bool(deleted))
  }

  @Test("Pods that have ended, have no address or other labels are no endpoints")
  func picks() throws {
    var other = pod("other")
    other.labels = ["app": "y"]
    let pods = [pod("over", phase: "Failed"), pod("bare", ip: ""), other, pod("b"), pod("a")]
    let slice = try #require(EndpointPlanner.slice(for: service(["port": 80]), pods: pods))
    #expect(slice.json["endpoints"]?.array?.compactMap { $0[path: "targetRef", "name"]?.string } == ["a", "b"])
    #expect(slice.controllerReference?.uid == "s")
  }

  @Test(
    "A port is a number, a name that the pod gives one, or the service's own",
    arguments: [(["port": 80, "targetPort": 9000], 9000), (["port": 80, "targetPort": "http"], 8080), (["port": 80], 80)]
      as [(JSONValue, Int)])
  func ports(port: JSONValue, number: Int) throws {
    let slice = try #require(EndpointPlanner.slice(for: service(port), pods: [pod("p")]))
    #expect(slice.json["ports"]?[0]?["port"]?.int == number)
  }

  @Test("A Service without a selector is left to others")
  func none() {
    var service = service(["port": 80])
    service.json[path: "spec", "selector"] = nil
    #expect(EndpointPlanner.slice(for: service, pods: [pod("p")]) == nil)
  }

  @Test("What a controller did is waited for until the cache shows it, and not for good")
  func expectations() {
    let expectations = Expectations()
    let key = ObjectKey(namespace: "n", name: "r")
    expectations.created("a", for: key)
    #expect(!expectations.areMet(for: key, seen: []))
    #expect(expectations.areMet(for: key, seen: [Sample.pod("a")]))
    expectations.deleted("a", for: key)
    #expect(!expectations.areMet(for: key, seen: [Sample.pod("a")]))
    #expect(expectations.areMet(for: key, seen: [Sample.pod("a", deleted: true)]))
    expectations.created("b", for: key)
    #expect(!expectations.areMet(for: key, seen: []))
    #expect(expectations.areMet(for: key, seen: [], at: .now + Expectations.patience + .seconds(1)))
    #expect(expectations.areMet(for: key, seen: []))
  }
}
