import JSON
import Testing

@testable import LocalAPIServer

@Suite struct WriteTests {
  private let maps = APIFixture.configMaps

  @Test("creating twice, in no namespace, or with a version is refused")
  func create() {
    var api = APIFixture()
    #expect(api.send("POST", maps, APIFixture.configMap("a")).code == 201)
    let again = api.send("POST", maps, APIFixture.configMap("a"))
    #expect(again.message == #"configmaps "a" already exists"#)
    let nowhere = api.send("POST", "/api/v1/namespaces/none/configmaps", APIFixture.configMap("a"))
    #expect(nowhere.message == #"namespaces "none" not found"#)
    var versioned = APIFixture.configMap("b")
    versioned[meta: "resourceVersion"] = "1"
    #expect(api.send("POST", maps, versioned).message == "resourceVersion should not be set on objects to be created")
  }

  @Test("a dry run answers as a write does and stores nothing")
  func dryRun() {
    var api = APIFixture()
    let answer = api.send("POST", maps + "?dryRun=All", APIFixture.configMap("a"))
    #expect(answer.code == 201)
    #expect(answer.json.uid.isEmpty == false)
    #expect(api.send("GET", maps + "/a").code == 404)
  }

  @Test("a write from an old version is a conflict; one without a change keeps the version")
  func versions() {
    var api = APIFixture()
    let first = api.send("POST", maps, APIFixture.configMap("a", ["k": "1"])).json
    #expect(api.send("PUT", maps + "/a", first).json.resourceVersion == first.resourceVersion)
    var second = first
    second["data"] = ["k": "2"]
    let written = api.send("PUT", maps + "/a", second)
    #expect(written.code == 200)
    #expect(written.json.resourceVersion != first.resourceVersion)
    let conflict = api.send("PUT", maps + "/a", second)
    #expect(conflict.code == 409)
    #expect(
      conflict.message == "Operation cannot be fulfilled on configmaps \"a\": the object has been modified; please "
        + "apply your changes to the latest version and try again")
  }

  @Test("the generation counts changes of the spec, not of status or labels")
  func generation() {
    var api = APIFixture()
    _ = api.send("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", APIFixture.gadgets)
    let gadgets = "/apis/example.com/v1/namespaces/default/gadgets"
    let made = api.send(
      "POST", gadgets,
      [
        "apiVersion": "example.com/v1", "kind": "Gadget", "metadata": ["name": "g"], "spec": ["size": 1],
        "status": ["size": 9],
      ])
    #expect(made.json[meta: "generation"] == 1)
    #expect(made.json["status"] == nil)
    let merge = "application/merge-patch+json"
    let status = api.send("PATCH", gadgets + "/g/status", ["status": ["size": 1], "spec": ["size": 5]], type: merge)
    #expect(status.json[meta: "generation"] == 1)
    #expect(status.json["spec"] == ["size": 1])
    let labels = api.send("PATCH", gadgets + "/g", ["metadata": ["labels": ["a": "b"]]], type: merge)
    #expect(labels.json[meta: "generation"] == 1)
    let spec = api.send("PATCH", gadgets + "/g", ["spec": ["size": 2], "status": ["size": 7]], type: merge)
    #expect(spec.json[meta: "generation"] == 2)
    #expect(spec.json["status"] == ["size": 1])
    let scaled = api.send("PATCH", gadgets + "/g/scale", ["spec": ["replicas": 4]], type: merge)
    #expect(scaled.json[path: "spec", "replicas"] == 4)
    #expect(api.send("GET", gadgets + "/g").json[meta: "generation"] == 3)
  }

  @Test("a failed test of a JSON patch refuses the patch")
  func jsonPatch() {
    var api = APIFixture()
    _ = api.send("POST", maps, APIFixture.configMap("a", ["k": "1"]))
    let answer = api.send(
      "PATCH", maps + "/a", [["op": "test", "path": "/data/k", "value": "2"]], type: "application/json-patch+json")
    #expect(answer.code == 422)
    #expect(answer.message == "the server rejected our request due to an error in our request")
  }

  @Test("unknown fields are refused, warned of or dropped as the client asks")
  func fieldValidation() {
    var api = APIFixture()
    var odd = APIFixture.configMap("a")
    odd["wrong"] = true
    #expect(api.send("POST", maps + "?fieldValidation=Strict", odd).code == 400)
    let warned = api.send("POST", maps + "?fieldValidation=Warn", odd)
    #expect(warned.code == 201)
    #expect(warned.warnings == [#"unknown field "wrong""#])
    #expect(warned.json["wrong"] == nil)
  }
}
