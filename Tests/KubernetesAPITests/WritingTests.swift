import CRDTypes
import JSON
import KubernetesAPI
import Testing

@Suite("Writing to the API server")
struct WritingTests {
  let key = ObjectKey(namespace: "ns", name: "a")
  let object = DynamicObject(JSONValue.configMap("a"))
  static let query = "fieldManager=me&fieldValidation=Warn"
  static let path = "/api/v1/namespaces/ns/configmaps"

  @Test("creates, replaces and applies with the manager's name, as each content type demands")
  func writes() async throws {
    let reply = ScriptedServer.Answer.reply(200, JSONValue.configMap("a", version: "2").text())
    try await withClient([
      expect(
        "POST", "\(Self.path)?\(Self.query)",
        where: { $0.json == .configMap("a") && $0.headers["content-type"] == "application/json" }, reply),
      expect("PUT", "\(Self.path)/a/status?\(Self.query)", where: { $0.json == .configMap("a") }, reply),
      expect(
        "PATCH", "\(Self.path)/a?\(Self.query)&force=true",
        where: { $0.headers["content-type"] == "application/apply-patch+yaml" && $0.json == .configMap("a") }, reply),
      expect("PATCH", "\(Self.path)/a/status?\(Self.query)", reply),
    ]) { client, _, _ in
      let created = try await client.create(object, as: .configMap, fieldManager: "me")
      #expect(created.resourceVersion == "2")
      try await client.replace(object, as: .configMap, subresource: "status", fieldManager: "me")
      try await client.apply(object, as: .configMap, fieldManager: "me")
      try await client.apply(object, as: .configMap, fieldManager: "me", force: false, subresource: "status")
    }
  }

  @Test("patches in three forms, and sets a scale")
  func patches() async throws {
    let reply = ScriptedServer.Answer.reply(200, JSONValue.configMap("a").text())
    func sends(_ type: String, _ body: JSONValue) -> @Sendable (ScriptedServer.Request) -> Bool {
      { $0.headers["content-type"] == type && $0.json == body }
    }
    let target = "\(Self.path)/a?\(Self.query)"
    try await withClient([
      expect("PATCH", target, where: sends("application/merge-patch+json", ["a": .null]), reply),
      expect("PATCH", target, where: sends("application/strategic-merge-patch+json", ["b": 1]), reply),
      expect(
        "PATCH", target,
        where: sends("application/json-patch+json", [["op": "test", "path": "/metadata/uid", "value": "u"]]), reply),
      expect(
        "PATCH", "/apis/apps/v1/namespaces/ns/deployments/a/scale?\(Self.query)",
        where: sends("application/merge-patch+json", ["spec": ["replicas": 2]]), reply),
    ]) { client, _, _ in
      try await client.patch(.configMap, key, .merge(["a": .null]), fieldManager: "me")
      try await client.patch(.configMap, key, .strategic(["b": 1]), fieldManager: "me")
      let test = JSONPatch([.test(JSONPointer(tokens: ["metadata", "uid"]), "u")])
      try await client.patch(.configMap, key, .json(test), fieldManager: "me")
      try await client.setScale(.deployment, key, replicas: 2, fieldManager: "me")
    }
  }

  @Test("deletes with propagation, preconditions and grace")
  func deletes() async throws {
    let reply = ScriptedServer.Answer.reply(200, #"{"kind":"Status","status":"Success"}"#)
    let base: JSONValue = ["apiVersion": "v1", "kind": "DeleteOptions"]
    try await withClient([
      expect(
        "DELETE", "\(Self.path)/a", where: { $0.json == base.merging(patch: ["propagationPolicy": "Background"]) },
        reply),
      expect(
        "DELETE", "\(Self.path)/a",
        where: {
          $0.json
            == base.merging(patch: [
              "propagationPolicy": "Foreground", "gracePeriodSeconds": 0,
              "preconditions": ["uid": "u", "resourceVersion": "5"],
            ])
        }, reply),
      expect(
        "DELETE", "\(Self.path)?labelSelector=a%3Db",
        where: { $0.json == base.merging(patch: ["propagationPolicy": "Orphan"]) }, reply),
      expect("DELETE", "\(Self.path)/a", .reply(409, JSONValue.status(409, "Conflict", "another uid").text())),
    ]) { client, _, _ in
      try await client.delete(.configMap, key)
      let options = DeleteOptions(propagation: .foreground, uid: "u", resourceVersion: "5", gracePeriodSeconds: 0)
      try await client.delete(.configMap, key, options: options)
      try await client.deleteAll(.configMap, namespace: "ns", selector: .labels(["a": "b"]), options: .orphan)
      let error = try await #require(throws: APIError.self) { try await client.delete(.configMap, key) }
      #expect(error.isConflict && !error.isAlreadyExists)
    }
  }

  @Test("sends a write again only after answers that say that nothing was done")
  func retries() async throws {
    let target = "\(Self.path)?\(Self.query)"
    let done = ScriptedServer.Answer.reply(201, JSONValue.configMap("a").text())
    let busy = JSONValue.status(429, "TooManyRequests", "busy", details: ["retryAfterSeconds": 2]).text()
    try await withClient([
      expect("POST", target, .reply(429, busy, headers: ["Retry-After: 2"])),
      expect("POST", target, .reply(503, "down", headers: ["Retry-After: 1"])),
      expect("POST", target, done),
      expect("POST", target, .reply(503, "down")),
      expect("POST", target, .reply(500, "broken")),
      expect("POST", target, .reply(429, busy, headers: ["Retry-After: 3600"])),
    ]) { client, notes, _ in
      try await client.create(object, as: .configMap, fieldManager: "me")
      #expect(notes.allPauses() == [.seconds(2), .seconds(1)])
      for status in [503, 500, 429] {
        let error = try await #require(throws: APIError.self) {
          try await client.create(object, as: .configMap, fieldManager: "me")
        }
        #expect(error.httpStatus == status && error.isTransient)
      }
      #expect(notes.allPauses().count == 2)
    }
  }

  @Test("never makes two objects of a generated name")
  func generatedNames() async throws {
    let unnamed: JSONValue = ["apiVersion": "v1", "kind": "ConfigMap", "metadata": ["generateName": "a-"]]
    let target = "/api/v1/namespaces/team/configmaps?\(Self.query)"
    try await withClient([
      expect("POST", target, .reply(429, "", headers: ["Retry-After: 1"])),
      expect("POST", target, .reply(503, "", headers: ["Retry-After: 1"])),
    ]) { client, _, _ in
      let error = try await #require(throws: APIError.self) {
        try await client.create(DynamicObject(unnamed), as: .configMap, fieldManager: "me")
      }
      #expect(error.httpStatus == 503 && error.retryAfter == .seconds(1))
    }
  }

  @Test("hands the server's warnings on")
  func warnings() async throws {
    try await withClient(
      [
        expect(
          "POST", "\(Self.path)?fieldManager=me&fieldValidation=Strict",
          .reply(
            201, JSONValue.configMap("a").text(),
            headers: [#"Warning: 299 - "unknown field \"x\"""#, #"Warning: 299 - "b", 299 - "c""#]))
      ], fieldValidation: .strict
    ) { client, notes, _ in
      try await client.create(object, as: .configMap, fieldManager: "me")
      #expect(notes.allWarnings().map(\.message) == ["unknown field \"x\"", "b", "c"])
      #expect(notes.allWarnings().first?.request == "POST \(Self.path)")
    }
  }

  @Test("applies typed values without what only a server sets")
  func typed() async throws {
    var lease = Coordination.Lease(metadata: ObjectMeta(name: "a", namespace: "ns"))
    lease.metadata.resourceVersion = "7"
    lease.metadata.uid = "u"
    lease.spec = .init()
    lease.spec?.holderIdentity = "me"
    let sent: JSONValue = [
      "apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": ["name": "a", "namespace": "ns"],
      "spec": ["holderIdentity": "me"],
    ]
    try await withClient([
      expect(
        "PATCH", "/apis/coordination.k8s.io/v1/namespaces/ns/leases/a?\(Self.query)&force=true",
        where: { $0.json == sent }, .reply(200, sent.text())),
      expect(
        "GET", "/apis/batch/v1/namespaces/ns/jobs?limit=500",
        .reply(
          200,
          list(
            [
              [
                "metadata": ["name": "j"],
                "status": ["succeeded": 1, "conditions": [["type": "Complete", "status": "True"]]],
              ]
            ], version: "1"))),
      expect(
        "GET", "/apis/batch/v1/namespaces/ns/jobs/a",
        .reply(200, #"{"metadata":{"name":"a","namespace":"ns"},"spec":{"parallelism":"x"}}"#)),
    ]) { client, _, _ in
      let back = try await client.apply(lease, fieldManager: "me")
      #expect(back.spec?.holderIdentity == "me")
      let jobs = try await client.list(Batch.Job.self, namespace: "ns")
      #expect(jobs.map(\.isComplete) == [true] && jobs[0].isFinished)
      let error = try await #require(throws: ObjectDecodingError.self) { try await client.get(Batch.Job.self, key) }
      #expect(error.field == "spec.parallelism" && error.description.hasPrefix("Job ns/a: spec.parallelism: "))
    }
  }
}
