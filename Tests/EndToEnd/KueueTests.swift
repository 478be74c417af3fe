import CRDTypes
import JSON
import KubernetesAPI
import TestSupport
import Testing

/// Kueue's part is played by the test, over the objects that the two share: the Job's `suspend`, and its Workload.
@Suite("A queue")
struct KueueTests {
  private static let workload = ResourceType(
    group: "kueue.x-k8s.io", version: "v1beta1", kind: "Workload", plural: "workloads")

  /// The part of Kueue's definition that is spoken here.
  private static func install(_ scope: TestNamespace) async throws {
    var definition = DynamicObject(
      .customResourceDefinition, ObjectKey(namespace: nil, name: "workloads.kueue.x-k8s.io"))
    definition.annotations = ["api-approved.kubernetes.io": "https://github.com/kubernetes-sigs/kueue"]
    definition.spec = [
      "group": "kueue.x-k8s.io", "scope": "Namespaced",
      "names": ["kind": "Workload", "listKind": "WorkloadList", "plural": "workloads", "singular": "workload"],
      "versions": [
        [
          "name": "v1beta1", "served": true, "storage": true, "subresources": ["status": .object([:])],
          "schema": [
            "openAPIV3Schema": [
              "type": "object",
              "properties": [
                "spec": ["type": "object", "x-kubernetes-preserve-unknown-fields": true],
                "status": ["type": "object", "x-kubernetes-preserve-unknown-fields": true],
              ],
            ]
          ],
        ]
      ],
    ]
    if try await scope.client.find(.customResourceDefinition, definition.key) == nil {
      try await scope.create(definition, as: .customResourceDefinition)
    }
    try await eventually("Workloads to be served") {
      guard try await scope.client.serves(workload) else { throw NotYet("not yet") }
    }
  }

  private static func put(_ job: DynamicObject, _ scope: TestNamespace, _ conditions: [JSONValue], past: Int = 0)
    async throws
  {
    let key = scope.key("job-\(job.name)-1a2b3")
    if try await scope.client.find(workload, key) == nil {
      var object = DynamicObject(workload, key)
      object.labels = ["kueue.x-k8s.io/job-uid": job.uid]
      object.json[path: "metadata", "ownerReferences"] = [
        [
          "apiVersion": "batch/v1", "kind": "Job", "name": .string(job.name), "uid": .string(job.uid),
          "controller": true,
        ]
      ]
      object.spec = ["active": true, "queueName": "research"]
      try await scope.create(object, as: workload)
    }
    let status: JSONValue = [
      "conditions": .array(conditions), "accumulatedPastExexcutionTimeSeconds": .integer(Int64(past)),
    ]
    try await scope.client.patch(
      workload, key, .merge(["status": status]), subresource: "status", fieldManager: TestNamespace.manager)
  }

  private static func condition(_ type: String, _ status: String, _ reason: String, _ message: String) -> JSONValue {
    [
      "type": .string(type), "status": .string(status), "reason": .string(reason), "message": .string(message),
      "lastTransitionTime": "2026-01-01T00:00:00Z",
    ]
  }

  @Test("shows why a trial waits, lets Kueue admit, evict and admit it again, and never touches suspend itself")
  func admits() async throws {
    try await TestNamespace.run("kueue") { scope in
      try await Self.install(scope)
      let sweep = try await Sweep.create(
        Sweep.manifest(
          "queued", in: scope, parameters: [Parameters.int("k", 1, 1)], trials: ["max": 1, "maxFailed": 0],
          code: """
            if started == 1: time.sleep(600)
            log(score=1)
            """,
          more: ["queue": "research", "priorityClass": "high"]), in: scope)
      try await eventually("a suspended Job") {
        guard let job = try await sweep.jobs().first, job.spec["suspend"]?.bool == true else {
          throw NotYet(try await sweep.object().conditionText)
        }
        #expect(job.labels["kueue.x-k8s.io/queue-name"] == "research")
        #expect(job.labels["kueue.x-k8s.io/priority-class"] == "high")
      }
      let job = try #require(try await sweep.jobs().first)
      try await Self.put(
        job, scope,
        [Self.condition("QuotaReserved", "False", "Pending", "insufficient unused quota for nvidia.com/gpu")])
      try await eventually("Kueue's reason in the sweep's condition", within: .seconds(30)) {
        let object = try await sweep.object()
        guard object.condition("Ready")?["message"]?.string?.contains("insufficient unused quota") == true,
          Sweep.count("queued", object) == 1
        else { throw NotYet(object.conditionText) }
      }
      // Admitted.
      try await Self.put(
        job, scope,
        [
          Self.condition("QuotaReserved", "True", "QuotaReserved", "ok"),
          Self.condition("Admitted", "True", "Admitted", "ok"),
        ])
      try await scope.patch(.job, job.name, ["spec": ["suspend": false]])
      try await sweep.running(1)
      // Evicted: the Job is suspended again, and its pod goes.
      try await Self.put(
        job, scope,
        [
          Self.condition("QuotaReserved", "False", "Preempted", "preempted to accommodate a higher priority"),
          Self.condition("Evicted", "True", "Preempted", "preempted to accommodate a higher priority"),
          Self.condition("Admitted", "False", "NoReservation", "no reservation"),
        ], past: 2)
      try await scope.patch(.job, job.name, ["spec": ["suspend": true]])
      try await eventually("the trial to be queued again", within: .seconds(60)) {
        let object = try await sweep.object()
        guard Sweep.count("queued", object) == 1, Sweep.count("failed", object) == 0,
          object.condition("Ready")?["message"]?.string?.contains("preempted") == true
        else { throw NotYet(object.conditionText) }
      }
      let evicted = try #require(try await sweep.jobs().first)
      #expect(evicted.uid == job.uid && evicted.spec["suspend"]?.bool == true)
      // And admitted again: the same Job, the same run.
      try await Self.put(
        job, scope,
        [
          Self.condition("QuotaReserved", "True", "QuotaReserved", "ok"),
          Self.condition("Admitted", "True", "Admitted", "ok"),
        ], past: 2)
      try await scope.patch(.job, job.name, ["spec": ["suspend": false]])
      let end = try await sweep.succeeded()
      #expect(Sweep.count("succeeded", end) == 1)
      let runs = try await sweep.runs()
      #expect(runs.map { "\($0.trial)/\($0.attempt) \($0.status)" } == ["0/0 FINISHED"])
    }
  }
}
