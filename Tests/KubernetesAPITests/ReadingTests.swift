import CRDTypes
import JSON
import KubernetesAPI
import Testing
import Transport

@Suite("Reading from the API server")
struct ReadingTests {
  let key = ObjectKey(namespace: "ns", name: "a")

  @Test("gets an object, and says who asks")
  func get() async throws {
    try await withClient([
      expect(
        "GET", "/api/v1/namespaces/ns/configmaps/a",
        where: { $0.headers["user-agent"] == "martlet/test" && $0.headers["accept"] == "application/json" },
        .reply(200, JSONValue.configMap("a").text())),
      expect("GET", "/apis/apps/v1/namespaces/team/deployments/b/scale", .reply(200, #"{"spec":{"replicas":3}}"#)),
      expect("GET", "/api/v1/nodes/n%2F1", .reply(200, "{}")),
    ]) { client, _, _ in
      #expect(try await client.get(.configMap, key).json == .configMap("a"))
      let scale = try await client.get(.deployment, ObjectKey(namespace: nil, name: "b"), subresource: "scale")
      #expect(scale.spec["replicas"] == 3)
      _ = try await client.get(.node, ObjectKey(namespace: nil, name: "n/1"))
    }
  }

  @Test("throws what the server's Status says, with the request")
  func statusError() async throws {
    let details: JSONValue = [
      "name": "a", "kind": "configmaps",
      "causes": [["reason": "FieldValueInvalid", "message": "too long", "field": "data"]],
    ]
    try await withClient([
      expect(
        "GET", "/api/v1/namespaces/ns/configmaps/a",
        .reply(422, JSONValue.status(422, "Invalid", "is wrong", details: details).text()))
    ]) { client, _, _ in
      let error = try await #require(throws: APIError.self) { try await client.get(.configMap, key) }
      #expect(error.isInvalid && !error.isTransient)
      #expect(error.causes == [APIError.Cause(field: "data", reason: "FieldValueInvalid", message: "too long")])
      #expect(error.description == "is wrong [422 Invalid] (GET /api/v1/namespaces/ns/configmaps/a)")
    }
  }

  @Test("finds nothing where the server answers 404, and throws everything else")
  func find() async throws {
    let path = "/api/v1/namespaces/ns/configmaps/a"
    try await withClient([
      expect("GET", path, .reply(404, JSONValue.status(404, "NotFound", "none").text())),
      expect("GET", path, .reply(200, JSONValue.configMap("a").text())),
      expect("GET", path, .reply(403, JSONValue.status(403, "Forbidden", "no").text())),
      expect("GET", path, .reply(502, "<html>\n bad   gateway </html>")),
      expect("GET", path, .reply(200, "<html>")),
    ]) { client, _, _ in
      #expect(try await client.find(.configMap, key) == nil)
      #expect(try await client.find(.configMap, key)?.name == "a")
      #expect(try await #require(throws: APIError.self) { try await client.find(.configMap, key) }.isForbidden)
      let proxy = try await #require(throws: APIError.self) { try await client.find(.configMap, key) }
      #expect(proxy.message == "<html> bad gateway </html>" && proxy.isTransient && proxy.httpStatus == 502)
      let nonsense = try await #require(throws: APIError.self) { try await client.find(.configMap, key) }
      #expect(nonsense.reason == "InvalidAnswer")
    }
  }

  @Test("lists page by page, with selectors, and gives items their kind")
  func pages() async throws {
    let selection = "labelSelector=app%3Dweb%2Ctier%3Dx&fieldSelector=metadata.name%21%3Dz"
    try await withClient([
      expect(
        "GET", "/api/v1/namespaces/ns/configmaps?\(selection)&limit=2",
        .reply(200, list([.configMap("a"), .configMap("b")], version: "7", next: "t/1="))),
      expect(
        "GET", "/api/v1/namespaces/ns/configmaps?\(selection)&limit=2&continue=t%2F1%3D",
        .reply(200, list([.configMap("c")], version: "7"))),
    ]) { client, _, _ in
      var selector = ListSelector.labels(["tier": "x", "app": "web"])
      selector.fields = "metadata.name!=z"
      let all = try await client.list(.configMap, namespace: "ns", selector: selector, pageSize: 2)
      #expect(all.resourceVersion == "7")
      #expect(all.items.map(\.json) == ["a", "b", "c"].map { JSONValue.configMap($0) })
    }
  }

  @Test("lists from the start where the pages' version expired, and gives up after some restarts")
  func expiredPages() async throws {
    let first = expect(
      "GET", "/api/v1/configmaps?limit=500", .reply(200, list([.configMap("a")], version: "7", next: "t")))
    let gone = expect(
      "GET", "/api/v1/configmaps?limit=500&continue=t",
      .reply(410, JSONValue.status(410, "Expired", "too old").text()))
    try await withClient([
      first, gone, expect("GET", "/api/v1/configmaps?limit=500", .reply(200, list([.configMap("b")], version: "9"))),
    ]) { client, _, _ in
      let all = try await client.list(.configMap)
      #expect(all.items.map(\.name) == ["b"])
    }
    try await withClient([first, gone, first, gone, first, gone, first, gone]) { client, _, _ in
      let error = try await #require(throws: APIError.self) { try await client.list(.configMap) }
      #expect(error.isGone)
    }
  }

  @Test("says which server cannot be reached")
  func unreachable() async throws {
    let client = KubernetesClient(
      ClusterConfiguration(server: "http://127.0.0.1:1"), userAgent: "martlet/test")
    let error = try await #require(throws: ConnectionError.self) { try await client.get(.configMap, key) }
    #expect(error.description.hasPrefix("cannot reach the API server http://127.0.0.1:1: "))
    #expect(error.description.hasSuffix(" (GET /api/v1/namespaces/ns/configmaps/a)"))
    await client.shutdown()
  }

  @Test("reads logs as they come")
  func logs() async throws {
    try await withClient([
      expect(
        "GET", "/api/v1/namespaces/ns/pods/a/log?container=train&follow=true&timestamps=true&tailLines=10",
        .stream(["one\ntw", "o\n"], then: .finished)),
      expect(
        "GET", "/api/v1/namespaces/ns/pods/a/log?previous=true",
        .reply(400, JSONValue.status(400, "BadRequest", "no previous").text())),
    ]) { client, _, _ in
      var options = LogOptions(container: "train", follow: true, tailLines: 10)
      options.timestamps = true
      var text: [UInt8] = []
      for try await chunk in try await client.logs(pod: key, options: options) { text += chunk }
      #expect(String(decoding: text, as: UTF8.self) == "one\ntwo\n")
      let error = try await #require(throws: APIError.self) {
        try await client.logs(pod: key, options: LogOptions(previous: true))
      }
      #expect(error.message == "no previous")
    }
  }

  @Test("discovers versions, groups and resources")
  func discovery() async throws {
    let resources: JSONValue = [
      "resources": [
        ["name": "jobs", "kind": "Job", "namespaced": true, "verbs": ["get", "list"], "categories": ["all"]],
        ["name": "jobs/status", "kind": "Job", "namespaced": true, "verbs": ["get"]],
        ["name": "cronjobs", "kind": "CronJob", "namespaced": true, "shortNames": ["cj"], "singularName": "cronjob"],
      ]
    ]
    try await withClient([
      expect("GET", "/version", .reply(200, #"{"major":"1","minor":"32+","gitVersion":"v1.32.3"}"#)),
      expect("GET", "/api", .reply(200, #"{"versions":["v1"]}"#)),
      expect(
        "GET", "/apis",
        .reply(
          200,
          #"{"groups":[{"name":"batch","versions":[{"groupVersion":"batch/v1"}],"preferredVersion":{"groupVersion":"batch/v1"}}]}"#
        )),
      expect("GET", "/apis/batch/v1", .reply(200, resources.text())),
      expect("GET", "/apis/batch/v1", .reply(200, resources.text())),
      expect("GET", "/apis/apps/v1", .reply(404, "404 page not found")),
    ]) { client, _, _ in
      let version = try await client.version()
      #expect(version.major == 1 && version.minor == 32 && version.gitVersion == "v1.32.3")
      let groups = try await client.discoverGroups()
      #expect(groups.map(\.preferred) == ["v1", "batch/v1"])
      let found = try await client.discover("batch/v1")
      #expect(found.map(\.type.plural) == ["jobs", "cronjobs"])
      #expect(found[0].subresources == ["status"] && found[1].shortNames == ["cj"])
      #expect(try await client.serves(.job))
      #expect(try await client.serves(.deployment) == false)
    }
  }
}
