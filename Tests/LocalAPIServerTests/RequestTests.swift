import JSON
import Testing

@testable import LocalAPIServer

@Suite struct RequestTests {
  @Test("paths name resources", arguments: [
    ("/api/v1/namespaces/x", "namespaces", nil, "x", nil),
    ("/api/v1/namespaces/x/finalize", "namespaces", nil, "x", "finalize"),
    ("/api/v1/namespaces/x/pods", "pods", "x", nil, nil), ("/api/v1/pods", "pods", nil, nil, nil),
    ("/api/v1/namespaces/x/pods/p/log", "pods", "x", "p", "log"),
    ("/apis/apps/v1/namespaces/x/deployments/d/scale", "deployments", "x", "d", "scale"),
    ("/apis/example.com/v1/widgets/w", "widgets", nil, "w", nil),
  ] as [(String, String, String?, String?, String?)])
  func targets(path: String, plural: String, namespace: String?, name: String?, subresource: String?) throws {
    let target = try #require(RequestTarget(path: path.split(separator: "/").map(String.init)))
    #expect(target.plural == plural)
    #expect(target.namespace == namespace)
    #expect(target.name == name)
    #expect(target.subresource == subresource)
  }

  @Test("what the local cluster lacks is said so", arguments: [
    ("POST", "/api/v1/namespaces/default/pods/p/exec", 501), ("GET", "/apis/none.example.com/v1", 404),
    ("GET", "/apis/apps/v1/nothing", 404), ("GET", "/metrics", 501),
    ("PUT", "/api/v1/namespaces/default/pods", 405),
  ])
  func missing(method: String, path: String, code: Int) {
    var api = APIFixture()
    #expect(api.send(method, path).code == code)
  }

  @Test("a namespace as kubectl sends it in protocol buffers is read")
  func protobuf() throws {
    let bytes: [UInt8] =
      [0x6B, 0x38, 0x73, 0x00, 0x0A, 0x0F, 0x0A, 0x02] + Array("v1".utf8) + [0x12, 0x09] + Array("Namespace".utf8)
      + [0x12, 0x19, 0x0A, 0x11, 0x0A, 0x01, 0x78, 0x12, 0x00, 0x1A, 0x00, 0x22, 0x00, 0x2A, 0x00, 0x32, 0x00, 0x38,
        0x00, 0x42, 0x00, 0x12, 0x00, 0x1A, 0x02, 0x0A, 0x00, 0x1A, 0x00, 0x22, 0x00]
    let object = try ProtobufObject.json(bytes)
    #expect(object["apiVersion"] == "v1")
    #expect(object["kind"] == "Namespace")
    #expect(object.name == "x")
    for count in 5..<bytes.count - 4 { _ = try? ProtobufObject.json(Array(bytes.prefix(count))) }
    #expect(throws: ProtobufObject.Failure.self) { try ProtobufObject.json([1, 2, 3]) }
  }

  @Test("every message that the table names is in the table")
  func messageTable() {
    func names(_ type: MessageFieldType) -> [String] {
      switch type {
      case .message(let name): [name]
      case .repeated(let inner), .map(let inner), .items(let inner): names(inner)
      default: []
      }
    }
    let missing = MessageTypes.all.values.flatMap { $0.values.flatMap { names($0.type) } }
      .filter { MessageTypes.all[$0] == nil }
    #expect(Set(missing) == [])
  }

  @Test("events are one kind in two groups")
  func events() {
    var api = APIFixture()
    let made = api.send(
      "POST", "/apis/events.k8s.io/v1/namespaces/default/events",
      [
        "apiVersion": "events.k8s.io/v1", "kind": "Event", "metadata": ["name": "e"],
        "eventTime": "2026-01-01T00:00:00.000000Z", "reportingController": "example.com/x",
        "reportingInstance": "x-1", "action": "Test", "reason": "Tested", "type": "Normal", "note": "all fine",
        "regarding": ["kind": "ConfigMap", "name": "c", "namespace": "default"],
      ])
    #expect(made.code == 201)
    #expect(made.json["note"] == "all fine")
    let core = api.send("GET", "/api/v1/namespaces/default/events/e").json
    #expect(core["message"] == "all fine")
    #expect(core[path: "involvedObject", "name"] == "c")
  }

  @Test("discovery lists what is served, custom kinds too")
  func discovery() {
    var api = APIFixture()
    _ = api.send("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", APIFixture.gadgets)
    let resources = api.send("GET", "/apis/example.com/v1").json["resources"]?.array ?? []
    #expect(resources.compactMap { $0["name"]?.string } == ["gadgets", "gadgets/scale", "gadgets/status"])
    let accept = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json"
    let groups = api.send("GET", "/apis", accept: accept).json
    #expect(groups["kind"] == "APIGroupDiscoveryList")
    #expect(groups["items"]?.array?.map(\.name).contains("example.com") == true)
  }
}
