import FoundationEssentials
import JSON
import Testing

@testable import LocalAPIServer

@Suite struct PrintingTests {
  @Test("ages have two units at most", arguments: [
    (0, "0s"), (119, "119s"), (120, "2m"), (125, "2m5s"), (599, "9m59s"), (600, "10m"), (10_799, "179m"),
    (10_800, "3h"), (12_000, "3h20m"), (28_800, "8h"), (172_799, "47h"), (172_800, "2d"), (176_400, "2d1h"),
    (691_200, "8d"), (63_072_000, "2y"), (-1, "0s"), (-5, "<invalid>"),
  ])
  func durations(seconds: Int, text: String) { #expect(HumanDuration.text(seconds: seconds) == text) }

  @Test("column paths lead to members, positions and filtered elements", arguments: [
    (".spec.size", ["3"]), (".status.conditions[?(@.type==\"Ready\")].status", [#""True""#]),
    (".spec.items[1]", ["20"]), (".spec.items[-1]", ["30"]), (".spec.items[*]", ["10", "20", "30"]),
    (".metadata.labels.a\\.b", [#""c""#]), (".metadata.labels['a.b']", [#""c""#]), (".spec.none", []),
    (".status.conditions[?(@.type=='Other')].status", []),
  ])
  func paths(path: String, values: [String]) {
    let object: JSONValue = [
      "metadata": ["labels": ["a.b": "c"]], "spec": ["size": 3, "items": [10, 20, 30]],
      "status": ["conditions": [["type": "Old", "status": "False"], ["type": "Ready", "status": "True"]]],
    ]
    #expect(ColumnPath(path).values(in: object).map { $0.text() } == values)
  }

  private let table = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"

  @Test("a custom kind's columns are those of its definition")
  func customColumns() {
    var api = APIFixture()
    _ = api.send("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", APIFixture.gadgets)
    let gadgets = "/apis/example.com/v1/namespaces/default/gadgets"
    _ = api.send(
      "POST", gadgets,
      ["apiVersion": "example.com/v1", "kind": "Gadget", "metadata": ["name": "g"], "spec": ["size": 3]])
    let shown = api.send("GET", gadgets, accept: table).json
    #expect(shown["kind"] == "Table")
    #expect(shown["columnDefinitions"]?.array?.compactMap { $0["name"]?.string } == ["Name", "Size"])
    #expect(shown["rows"]?[0]?["cells"] == ["g", 3])
  }

  @Test("a pod's word says what its containers do", arguments: [
    (#"{"phase":"Pending"}"#, "Pending"),
    (#"{"phase":"Running","containerStatuses":[{"ready":true,"state":{"running":{}}}]}"#, "Running"),
    (#"{"phase":"Running","containerStatuses":[{"state":{"waiting":{"reason":"CrashLoopBackOff"}}}]}"#,
      "CrashLoopBackOff"),
    (#"{"phase":"Failed","containerStatuses":[{"state":{"terminated":{"exitCode":3}}}]}"#, "ExitCode:3"),
    (#"{"phase":"Succeeded","containerStatuses":[{"state":{"terminated":{"reason":"Completed"}}}]}"#, "Completed"),
    (#"{"phase":"Pending","initContainerStatuses":[{"state":{"running":{}}}]}"#, "Init:0/1"),
  ])
  func pods(status: String, word: String) throws {
    var pod = APIFixture.pod("p")
    pod[path: "spec", "initContainers"] = [["name": "i"]]
    pod["status"] = try JSONValue(parsing: status)
    #expect(PodSummary(pod, now: Date(timeIntervalSince1970: 0)).reason == word)
  }

  @Test("a client that takes no form that is served is told so")
  func notAcceptable() {
    var api = APIFixture()
    #expect(api.send("GET", APIFixture.configMaps, accept: "image/png").code == 406)
  }
}
