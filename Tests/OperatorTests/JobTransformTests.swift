import CRDTypes
import JSON
import Planning
import Testing

@testable import Operator

@Suite struct JobTransformTests {
  private func job(_ uid: String = "j", status: JSONValue) -> DynamicObject {
    DynamicObject([
      "apiVersion": "batch/v1", "kind": "Job",
      "metadata": [
        "name": "churn-3-r1", "namespace": "ml", "uid": .string(uid), "resourceVersion": "7", "generation": 1,
        "creationTimestamp": "2026-11-30T10:00:00Z",
        "labels": ["martlet.dev/trial": "3", "martlet.dev/attempt": "1", "app.kubernetes.io/managed-by": "martlet"],
        "annotations": [SweepKeys.parameters: "{\"lr\":\"0.1\"}", SweepKeys.run: "abc", "more": "x"],
        "ownerReferences": [
          [
            "apiVersion": "martlet.dev/v1alpha1", "kind": "TrainingSweep", "name": "churn", "uid": "s", "controller": true,
            "blockOwnerDeletion": true,
          ]
        ],
      ],
      "spec": ["suspend": true, "template": ["spec": ["containers": [["name": "train", "image": "i"]]]]],
      "status": status,
    ])
  }

  static let statuses: [JSONValue] = [
    [:], ["active": 1, "ready": 1, "startTime": "2026-11-30T10:00:01Z"],
    [
      "succeeded": 1, "startTime": "2026-11-30T10:00:01Z", "completionTime": "2026-11-30T10:05:00Z",
      "conditions": [
        ["type": "SuccessCriteriaMet", "status": "True", "reason": "CompletionsReached"],
        [
          "type": "Complete", "status": "True", "reason": "CompletionsReached", "message": "Reached",
          "lastProbeTime": "2026-11-30T10:05:00Z", "lastTransitionTime": "2026-11-30T10:05:00Z",
        ],
      ],
    ],
    [
      "failed": 1, "startTime": "2026-11-30T10:00:01Z",
      "conditions": [
        ["type": "Complete", "status": "False"],
        [
          "type": "Failed", "status": "True", "reason": "BackoffLimitExceeded", "message": "Job has reached the limit",
          "lastTransitionTime": "2026-11-30T10:05:00Z",
        ],
      ],
    ],
  ]

  @Test("What is kept of a Job reads as the whole Job does", arguments: statuses)
  func reads(status: JSONValue) throws {
    let whole = job(status: status)
    var kept = whole
    JobTransform()(&kept)
    let trial = try #require(TrialJob(reading: kept, pods: []))
    #expect(trial == TrialJob(reading: whole, pods: []))
    #expect(trial.trial == 3 && trial.attempt == 1 && trial.parameters == ["lr": "0.1"] && trial.runID == "abc")
    #expect(kept.controllerReference == whole.controllerReference && kept.key == whole.key)
    #expect(kept.resourceVersion == "7" && kept.spec["template"] == nil && kept.metadata["generation"] == nil)
  }

  @Test("Owners that change are not mistaken for those before")
  func owners() {
    let transform = JobTransform()
    var first = job(status: [:])
    transform(&first)
    var second = job("k", status: [:])
    second.json["metadata"]?["ownerReferences"] = [
      ["apiVersion": "martlet.dev/v1alpha1", "kind": "TrainingSweep", "name": "other", "uid": "s", "controller": true]
    ]
    transform(&second)
    #expect(first.controllerReference?.name == "churn" && second.controllerReference?.name == "other")
  }
}
