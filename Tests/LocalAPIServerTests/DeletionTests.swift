import FoundationEssentials
import JSON
import Testing

@testable import LocalAPIServer

@Suite struct DeletionTests {
  private let maps = APIFixture.configMaps

  @Test("a finalizer holds an object, and taking it lets the object go")
  func finalizers() {
    var api = APIFixture()
    var held = APIFixture.configMap("f")
    held[meta: "finalizers"] = ["example.com/hold"]
    _ = api.send("POST", maps, held)
    let deleted = api.send("DELETE", maps + "/f")
    #expect(deleted.json.isTerminating)
    #expect(deleted.json[meta: "deletionGracePeriodSeconds"] == 0)
    _ = api.send("PATCH", maps + "/f", ["metadata": ["finalizers": .null]], type: "application/merge-patch+json")
    #expect(api.send("GET", maps + "/f").code == 404)
  }

  @Test("the propagation policy becomes the finalizer that garbage collection waits for", arguments: [
    ("Orphan", "orphan"), ("Foreground", "foregroundDeletion"),
  ])
  func propagation(policy: String, finalizer: String) {
    var api = APIFixture()
    _ = api.send("POST", maps, APIFixture.configMap("a"))
    let answer = api.send("DELETE", maps + "/a", ["propagationPolicy": .string(policy)])
    #expect(answer.json.finalizers == [finalizer])
  }

  @Test("a precondition on the UID protects an object's successor")
  func preconditions() {
    var api = APIFixture()
    _ = api.send("POST", maps, APIFixture.configMap("a"))
    let answer = api.send("DELETE", maps + "/a", ["preconditions": ["uid": "other"]])
    #expect(answer.code == 409)
    #expect(answer.message.contains("Precondition failed: UID in precondition: other"))
  }

  @Test("a pod on a node gets time to end, one without goes at once")
  func grace() {
    var api = APIFixture()
    _ = api.send("POST", APIFixture.pods, APIFixture.pod("free"))
    #expect(api.send("DELETE", APIFixture.pods + "/free").json["status"] == "Success")
    _ = api.send("POST", APIFixture.pods, APIFixture.pod("bound"))
    _ = api.send("POST", APIFixture.pods + "/bound/binding", ["target": ["name": "n"]])
    let marked = api.send("DELETE", APIFixture.pods + "/bound")
    #expect(marked.json[meta: "deletionGracePeriodSeconds"] == 30)
    #expect(api.send("DELETE", APIFixture.pods + "/bound", ["gracePeriodSeconds": 0]).json["status"] == "Success")
    #expect(api.send("GET", APIFixture.pods + "/bound").code == 404)
  }

  @Test("a namespace takes its content with it and waits for what holds")
  func namespaces() {
    var api = APIFixture()
    _ = api.send("POST", "/api/v1/namespaces", ["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": "x"]])
    #expect(api.send("GET", "/api/v1/namespaces/x/configmaps/kube-root-ca.crt").code == 200)
    #expect(api.send("GET", "/api/v1/namespaces/x/serviceaccounts/default").code == 200)
    var held = APIFixture.configMap("f")
    held[meta: "finalizers"] = ["example.com/hold"]
    _ = api.send("POST", "/api/v1/namespaces/x/configmaps", held)
    #expect(api.send("DELETE", "/api/v1/namespaces/x").json[path: "status", "phase"] == "Terminating")
    let late = api.send("POST", "/api/v1/namespaces/x/configmaps", APIFixture.configMap("late"))
    #expect(late.code == 403)
    #expect(late.message.hasSuffix("unable to create new content in namespace x because it is being terminated"))
    _ = api.send(
      "PATCH", "/api/v1/namespaces/x/configmaps/f", ["metadata": ["finalizers": .null]],
      type: "application/merge-patch+json")
    #expect(api.send("GET", "/api/v1/namespaces/x").code == 404)
  }

  @Test("the root certificate comes back when somebody deletes it")
  func rootCertificate() {
    var api = APIFixture()
    let before = api.send("GET", maps + "/kube-root-ca.crt").json.uid
    _ = api.send("DELETE", maps + "/kube-root-ca.crt")
    let after = api.send("GET", maps + "/kube-root-ca.crt")
    #expect(after.code == 200)
    #expect(after.json.uid != before)
  }

  @Test("an Event goes an hour after it was last written")
  func eventLifetime() {
    var api = APIFixture()
    let events = "/api/v1/namespaces/default/events"
    let made = api.send(
      "POST", events,
      [
        "apiVersion": "v1", "kind": "Event", "metadata": ["name": "e"], "reason": "Tested", "type": "Normal",
        "involvedObject": ["kind": "ConfigMap", "name": "c", "namespace": "default"],
      ])
    #expect(made.code == 201)
    api.now = api.now.addingTimeInterval(3500)
    #expect(api.send("GET", events + "/e").code == 200)
    api.now = api.now.addingTimeInterval(200)
    #expect(api.send("GET", events + "/e").code == 404)
  }

  @Test("a deleted definition takes its objects with it and is no longer served")
  func definitions() {
    var api = APIFixture()
    let crds = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
    _ = api.send("POST", crds, APIFixture.gadgets)
    let gadgets = "/apis/example.com/v1/namespaces/default/gadgets"
    let conditions = api.send("GET", crds + "/gadgets.example.com").json[path: "status", "conditions"]?.array ?? []
    #expect(conditions.contains { $0["type"] == "Established" && $0["status"] == "True" })
    _ = api.send("POST", gadgets, ["apiVersion": "example.com/v1", "kind": "Gadget", "metadata": ["name": "g"]])
    _ = api.send("DELETE", crds + "/gadgets.example.com")
    #expect(api.send("GET", crds + "/gadgets.example.com").code == 404)
    #expect(api.send("GET", gadgets).code == 404)
  }

  @Test("Evictions are let through as a disruption budget allows, and each is counted at once")
  func evictions() {
    var api = APIFixture()
    let budgets = "/apis/policy/v1/namespaces/default/poddisruptionbudgets"
    let pod: (String) -> JSONValue = { name in
      [
        "apiVersion": "v1", "kind": "Pod", "metadata": ["name": .string(name), "labels": ["app": "x"]],
        "spec": ["containers": [["name": "c", "image": "i"]]],
      ]
    }
    for name in ["a", "b", "c"] {
      #expect(api.send("POST", APIFixture.pods, pod(name)).code == 201)
      let ready: JSONValue = ["type": "Ready", "status": name == "c" ? "False" : "True"]
      let status: JSONValue = ["status": ["phase": "Running", "conditions": [ready]]]
      let type = "application/merge-patch+json"
      #expect(api.send("PATCH", "\(APIFixture.pods)/\(name)/status", status, type: type).code == 200)
    }
    let budget: JSONValue = [
      "apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": ["name": "budget"],
      "spec": ["maxUnavailable": 1, "selector": ["matchLabels": ["app": "x"]]],
    ]
    #expect(api.send("POST", budgets, budget).code == 201)
    func evict(_ name: String) -> Int {
      let eviction: JSONValue = ["apiVersion": "policy/v1", "kind": "Eviction", "metadata": ["name": .string(name)]]
      return api.send("POST", "\(APIFixture.pods)/\(name)/eviction", eviction).code
    }
    // Nobody has judged the budget yet.
    #expect(evict("a") == 429)
    let judged: JSONValue = [
      "status": [
        "observedGeneration": 1, "disruptionsAllowed": 1, "currentHealthy": 2, "desiredHealthy": 1, "expectedPods": 3,
      ]
    ]
    #expect(api.send("PATCH", "\(budgets)/budget/status", judged, type: "application/merge-patch+json").code == 200)
    // One that does not answer is not missed.
    #expect(evict("c") == 201)
    #expect(evict("a") == 201)
    #expect(evict("b") == 429)
    let status = api.send("GET", "\(budgets)/budget").json["status"]
    #expect(status?["disruptionsAllowed"] == 0 && status?["disruptedPods"]?["a"] != nil)
  }
}
