import CRDTypes
import JSON
import Testing

@testable import KubernetesAPI

@Suite("The values of requests and answers")
struct ValueTests {
  @Test("Paths name collections, objects and subresources")
  func paths() {
    #expect(ResourceType.pod.collectionPath(namespace: nil) == "/api/v1/pods")
    #expect(ResourceType.pod.collectionPath(namespace: "a b") == "/api/v1/namespaces/a%20b/pods")
    #expect(ResourceType.node.collectionPath(namespace: "ignored") == "/api/v1/nodes")
    #expect(
      ResourceType.job.path(ObjectKey(namespace: "n", name: "j"), subresource: "status")
        == "/apis/batch/v1/namespaces/n/jobs/j/status")
  }

  @Test("Queries encode everything that is not unreserved")
  func queries() {
    #expect(Query().text == "")
    #expect((["a": "b c&=/é", "x-_.~": "1"] as Query).text == "?a=b%20c%26%3D%2F%C3%A9&x-_.~=1")
  }

  @Test(
    "Warning headers are read in every form",
    arguments: [
      (#"299 - "a b""#, ["a b"]), (#"299 - "a \"b\" \\""#, ["a \"b\" \\"]), (#"199 - "x", 299 agent "y""#, ["y"]),
      (#"299 - "a" "Wed, 21 Oct 2015 07:28:00 GMT", 299 - "b""#, ["a", "b"]), ("", []), ("299 - ", []),
      (#"299 - ""#, []),
    ])
  func warnings(header: String, messages: [String]) {
    #expect(ServerWarning.messages(in: header) == messages)
  }

  @Test("A deployment is rolled out when the newest spec is, everywhere")
  func rollout() throws {
    func deployment(_ status: String) throws -> Apps.Deployment {
      try DynamicObject(
        JSONValue(parsing: #"{"metadata":{"name":"d","generation":2},"spec":{"replicas":2},"status":\#(status)}"#)
      ).typed()
    }
    #expect(
      try deployment(#"{"observedGeneration":2,"replicas":2,"updatedReplicas":2,"availableReplicas":2}"#).isRolledOut)
    #expect(
      try !deployment(#"{"observedGeneration":1,"replicas":2,"updatedReplicas":2,"availableReplicas":2}"#).isRolledOut)
    #expect(
      try !deployment(#"{"observedGeneration":2,"replicas":3,"updatedReplicas":2,"availableReplicas":3}"#).isRolledOut)
    #expect(
      try !deployment(#"{"observedGeneration":2,"replicas":2,"updatedReplicas":2,"availableReplicas":1}"#).isRolledOut)
  }

  @Test("A secret decodes its values and never prints them")
  func secrets() throws {
    let secret: Core.Secret = try DynamicObject([
      "metadata": ["name": "s", "namespace": "n"], "type": "Opaque", "data": ["password": "aHVudGVyMg==", "bad": "*"],
    ]).typed()
    #expect(secret.value("password") == "hunter2")
    #expect(secret.value("bad") == nil && secret.value("none") == nil)
    #expect("\(secret)" == "Secret n/s with the keys bad, password")
    var dumped = ""
    dump(secret, to: &dumped)
    #expect(!dumped.contains("aHVudGVyMg"))
  }

  @Test("Built-in kinds are read leniently and written with their kind")
  func kinds() throws {
    let pod: Core.Pod = try DynamicObject([
      "metadata": ["name": "p"],
      "spec": ["containers": [["name": "c", "resources": ["limits": ["cpu": 1, "memory": "1Gi"]]]]],
      "status": [
        "phase": "Running", "containerStatuses": [["name": "c", "state": ["terminated": ["exitCode": 137]]]], "new": 1,
      ],
    ]).typed()
    #expect(pod.spec?.containers?.first?.resources?.limits == ["cpu": 1, "memory": "1Gi"])
    #expect(pod.status?.containerStatuses?.first?.state?.terminated?.exitCode == 137)
    let service = Core.Service(metadata: ObjectMeta(name: "s"))
    #expect(try DynamicObject(service).json == ["apiVersion": "v1", "kind": "Service", "metadata": ["name": "s"]])
    let slice: Discovery.EndpointSlice = try DynamicObject([
      "metadata": ["name": "e"],
      "endpoints": [["addresses": ["10.0.0.1"]], ["addresses": ["10.0.0.2"], "conditions": ["ready": false]]],
    ]).typed()
    #expect(slice.endpoints?.map(\.isReady) == [true, false])
  }

  @Test(
    "Errors without a Status have the reason of their HTTP status",
    arguments: [(404, "NotFound"), (409, "Conflict"), (410, "Gone"), (418, "Unknown"), (503, "ServiceUnavailable")])
  func reasons(status: Int, reason: String) {
    let error = APIError(httpStatus: status, body: [], retryAfterHeader: "4", method: "GET", path: "/p")
    #expect(
      error.reason == reason && error.message == "the server answered \(status)" && error.retryAfter == .seconds(4))
  }
}
