import FoundationEssentials
import JSON
import Testing

@testable import LocalAPIServer

@Suite struct ApplyTests {
  private let path = APIFixture.configMaps + "/s"

  private func managers(_ object: JSONValue) -> JSONObject {
    var out: JSONObject = [:]
    for entry in object[meta: "managedFields"]?.array ?? [] {
      out[entry["manager"]?.string ?? ""] = entry["fieldsV1"]
    }
    return out
  }

  @Test("an apply that would change another manager's field is a conflict that names both")
  func conflict() {
    var api = APIFixture()
    #expect(api.apply(path, APIFixture.configMap("s", ["x": "1", "q": "1"]), manager: "one").code == 201)
    let answer = api.apply(path, APIFixture.configMap("s", ["x": "2"]), manager: "two")
    #expect(answer.code == 409)
    #expect(answer.message == #"Apply failed with 1 conflict: conflict with "one": .data.x"#)
    #expect(answer.json[path: "details", "causes"]?[0]?["reason"] == "FieldManagerConflict")
  }

  @Test("several conflicts are listed under their manager")
  func conflicts() {
    var api = APIFixture()
    _ = api.apply(path, APIFixture.configMap("s", ["x": "1", "y": "1"]), manager: "one")
    let answer = api.apply(path, APIFixture.configMap("s", ["x": "2", "y": "2"]), manager: "two")
    #expect(answer.message == "Apply failed with 2 conflicts: conflicts with \"one\":\n- .data.x\n- .data.y")
  }

  @Test("force takes fields over, and the same value is owned together")
  func ownership() {
    var api = APIFixture()
    _ = api.apply(path, APIFixture.configMap("s", ["x": "1", "q": "1"]), manager: "one")
    let taken = api.apply(path, APIFixture.configMap("s", ["x": "2"]), manager: "two", force: true)
    #expect(managers(taken.json) == ["one": ["f:data": ["f:q": [:]]], "two": ["f:data": ["f:x": [:]]]])
    let shared = api.apply(path, APIFixture.configMap("s", ["x": "2", "z": "3"]), manager: "three")
    #expect(shared.code == 200)
    #expect(managers(shared.json)["two"] == ["f:data": ["f:x": [:]]])
    #expect(managers(shared.json)["three"] == ["f:data": ["f:x": [:], "f:z": [:]]])
  }

  @Test("a field that its only owner leaves out is removed, a shared one stays")
  func removal() {
    var api = APIFixture()
    _ = api.apply(path, APIFixture.configMap("s", ["x": "1", "q": "1"]), manager: "one")
    _ = api.apply(path, APIFixture.configMap("s", ["x": "1"]), manager: "two")
    let answer = api.apply(path, APIFixture.configMap("s", ["y": "1"]), manager: "one")
    #expect(answer.json["data"] == ["x": "1", "y": "1"])
  }

  @Test("an apply that changes nothing leaves the object and its version alone")
  func noChange() {
    var api = APIFixture()
    let first = api.apply(path, APIFixture.configMap("s", ["x": "1"]), manager: "one")
    api.now += 60
    let second = api.apply(path, APIFixture.configMap("s", ["x": "1"]), manager: "one")
    #expect(second.json == first.json)
  }

  @Test("what the server fills in does not make the next apply a change")
  func noChangeOfJob() {
    var api = APIFixture()
    let job: JSONValue = [
      "apiVersion": "batch/v1", "kind": "Job", "metadata": ["name": "j"],
      "spec": [
        "template": [
          "spec": [
            "restartPolicy": "Never",
            "containers": [["name": "m", "image": "x", "resources": ["limits": ["nvidia.com/gpu": 1]]]],
          ]
        ]
      ],
    ]
    let path = "/apis/batch/v1/namespaces/default/jobs/j"
    let first = api.apply(path, job, manager: "one")
    #expect(first.code == 201)
    api.now += 60
    #expect(api.apply(path, job, manager: "one").json == first.json)
  }

  @Test("a write by other means owns what it changes")
  func update() {
    var api = APIFixture()
    _ = api.apply(path, APIFixture.configMap("s", ["x": "1"]), manager: "one")
    let patched = api.send(
      "PATCH", path + "?fieldManager=edit", ["data": ["x": "2"]], type: "application/merge-patch+json")
    #expect(managers(patched.json) == ["edit": ["f:data": ["f:x": [:]]]])
    let answer = api.apply(path, APIFixture.configMap("s", ["x": "3"]), manager: "one")
    #expect(answer.message == #"Apply failed with 1 conflict: conflict with "edit" using v1: .data.x"#)
  }

  @Test("apply needs a manager")
  func managerRequired() {
    var api = APIFixture()
    let answer = api.send("PATCH", path, APIFixture.configMap("s"), type: "application/apply-patch+yaml")
    #expect(answer.code == 422)
    #expect(answer.message.contains("fieldManager: Required value: is required for apply patch"))
  }
}
