import CRDTypes
import FoundationEssentials
import JSON
import Testing

@testable import Planning

@Suite("A trial's Job")
struct TrialManifestTests {
  private func job(_ change: (inout TrainingSweep) -> Void = { _ in }) throws -> DynamicObject {
    var world = SweepWorld(testSweep(change))
    world.experimentID = "17"
    world.reconcile()
    return try #require(world.manifests.first)
  }

  private func names(_ container: JSONValue?) -> [String] {
    container?["env"]?.array?.compactMap { $0["name"]?.string } ?? []
  }

  @Test("is owned by the sweep, does not retry, and does not count disruptions")
  func policy() throws {
    let job = try job { $0.spec.trials?.timeout = "1h30m" }
    #expect(job.controllerReference?.uid == "sweep-uid")
    #expect(job.spec["backoffLimit"] == 0)
    #expect(job.spec["activeDeadlineSeconds"] == 5400)
    #expect(job.spec["ttlSecondsAfterFinished"] == nil)
    #expect(job.spec["suspend"] == nil)
    let rule = job.spec["podFailurePolicy"]?["rules"]?[0]
    #expect(rule?["action"] == "Ignore")
    #expect(rule?["onPodConditions"]?[0]?["type"] == "DisruptionTarget")
    #expect(job.spec["template"]?["spec"]?["restartPolicy"] == "Never")
    #expect(job.labels[SweepKeys.sweep] == "churn" && job.labels[SweepKeys.trial] == "0")
  }

  @Test("gives every container the parameters, before the user's own variables, and each name once")
  func environment() throws {
    let job = try job {
      $0.spec.template = [
        "spec": [
          "initContainers": [["name": "fetch", "image": "fetch:1"]],
          "containers": [
            [
              "name": "train", "image": "train:1",
              "env": [
                ["name": "RATE", "value": "$(lr)"], ["name": "lr", "value": "7"],
                ["name": "MLFLOW_TRACKING_URI", "value": "http://other"],
              ],
            ],
            ["name": "side", "image": "side:1"],
          ],
        ]
      ]
    }
    let pod = job.spec["template"]?["spec"]
    let train = pod?["containers"]?[0]
    #expect(names(train) == ["depth", "lr", "MLFLOW_RUN_ID", "MLFLOW_EXPERIMENT_ID", "RATE", "MLFLOW_TRACKING_URI"])
    #expect(train?["env"]?[1]?["value"]?.string != "7")
    #expect(train?["env"]?[3]?["value"] == "17")
    #expect(train?["env"]?[5]?["value"] == "http://other")
    let all = ["depth", "lr", "MLFLOW_RUN_ID", "MLFLOW_EXPERIMENT_ID", "MLFLOW_TRACKING_URI"]
    #expect(names(pod?["containers"]?[1]) == all)
    #expect(names(pod?["initContainers"]?[0]) == all)
  }

  @Test("a dollar sign in a choice reaches the container as it is written")
  func dollars() throws {
    let job = try job {
      $0.spec.parameters = [.init(name: "p", categorical: .init(choices: ["$(HOME)$"]))]
    }
    #expect(job.spec["template"]?["spec"]?["containers"]?[0]?["env"]?[0]?["value"] == "$$(HOME)$$")
  }

  @Test("asks for GPUs in the first container only")
  func gpus() throws {
    let job = try job {
      $0.spec.gpus = .init(perTrial: 2, resource: "amd.com/gpu")
      $0.spec.template = [
        "spec": [
          "containers": [
            ["name": "a", "image": "a", "resources": ["requests": ["cpu": "1"]]], ["name": "b", "image": "b"],
          ]
        ]
      ]
    }
    let containers = job.spec["template"]?["spec"]?["containers"]
    #expect(
      containers?[0]?["resources"] == ["requests": ["cpu": "1", "amd.com/gpu": "2"], "limits": ["amd.com/gpu": "2"]])
    #expect(containers?[1]?["resources"] == nil)
  }

  @Test("is handed to Kueue suspended, with its queue and priority")
  func kueue() throws {
    let job = try job {
      $0.spec.queue = "research"
      $0.spec.priorityClass = "high"
    }
    #expect(job.spec["suspend"] == true)
    #expect(job.labels["kueue.x-k8s.io/queue-name"] == "research")
    #expect(job.labels["kueue.x-k8s.io/priority-class"] == "high")
  }

  @Test("is restricted where the user said nothing, and only there")
  func restricted() throws {
    let job = try job {
      $0.spec.template = [
        "metadata": ["labels": ["team": "x"]],
        "spec": [
          "securityContext": ["runAsUser": 0],
          "containers": [
            ["name": "a", "image": "a", "securityContext": ["allowPrivilegeEscalation": true]],
            ["name": "b", "image": "b", "securityContext": ["privileged": true]],
          ],
        ],
      ]
    }
    let pod = job.spec["template"]?["spec"]
    #expect(pod?["securityContext"] == ["runAsUser": 0, "seccompProfile": ["type": "RuntimeDefault"]])
    #expect(
      pod?["containers"]?[0]?["securityContext"] == [
        "allowPrivilegeEscalation": true, "capabilities": ["drop": ["ALL"]],
      ])
    #expect(pod?["containers"]?[1]?["securityContext"] == ["privileged": true])
    #expect(job.spec["template"]?["metadata"]?["labels"]?["team"] == "x")
  }

  @Test("has a name that fits into a label, and no two attempts share one")
  func names() {
    let long = String(repeating: "a", count: 80)
    var seen: Set<String> = []
    for sweep in ["s", String(repeating: "b", count: 52), long, long + "c"] {
      for trial in [0, 1, 99_999] {
        for attempt in [0, 1, 120] {
          let name = TrialName.job(sweep: sweep, trial: trial, attempt: attempt)
          #expect(name.utf8.count <= 63)
          #expect(seen.insert(name).inserted)
        }
      }
    }
    #expect(TrialName.job(sweep: "churn", trial: 4, attempt: 0) == "churn-4")
    #expect(TrialName.job(sweep: "churn", trial: 4, attempt: 2) == "churn-4-r2")
  }
}

@Suite("Reading a trial's Job")
struct TrialJobReadingTests {
  private static let identity: JSONValue = [
    "name": "churn-4-r1", "uid": "u", "creationTimestamp": "2026-11-21T09:00:00Z",
    "labels": ["martlet.dev/trial": "4", "martlet.dev/attempt": "1"],
    "annotations": ["martlet.dev/parameters": "{\"lr\":\"0.1\"}", "martlet.dev/run-id": "r"],
  ]

  private func read(_ spec: JSONValue = [:], _ status: JSONValue, pods: [JSONValue] = []) throws -> TrialJob {
    let job = DynamicObject(["metadata": Self.identity, "spec": spec, "status": status])
    return try #require(TrialJob(reading: job, pods: pods.map(DynamicObject.init)))
  }

  private func ended(_ type: String, _ reason: String) -> JSONValue {
    [
      "conditions": [
        [
          "type": .string(type), "status": "True", "reason": .string(reason),
          "lastTransitionTime": "2026-11-21T09:10:00Z",
        ]
      ]
    ]
  }

  private func pod(_ state: JSONValue, disrupted: Bool = false) -> JSONValue {
    [
      "status": [
        "phase": "Failed", "containerStatuses": [["name": "train", "state": state]],
        "conditions": disrupted ? [["type": "DisruptionTarget", "status": "True"]] : [],
      ]
    ]
  }

  @Test("its place, parameters and run come from labels and annotations")
  func identity() throws {
    let job = try read([:], [:])
    #expect(job.trial == 4 && job.attempt == 1 && job.runID == "r" && job.parameters == ["lr": "0.1"])
    #expect(job.state == .queued)
    #expect(TrialJob(reading: DynamicObject(["metadata": ["name": "other"]]), pods: []) == nil)
  }

  @Test("a Job that is complete succeeded, when it says")
  func succeeded() throws {
    let job = try read([:], ended("Complete", "CompletionsReached"))
    #expect(job.state == .succeeded)
    #expect(job.finished == Timestamp.date("2026-11-21T09:10:00Z"))
  }

  @Test("why a Job failed is told apart")
  func failures() throws {
    let failed = ended("Failed", "BackoffLimitExceeded")
    func problem(_ status: JSONValue, _ pods: [JSONValue]) throws -> (String, Bool) {
      guard case .failed(let problem, let isDisruption) = try read([:], status, pods: pods).state else {
        return ("", false)
      }
      return (problem.reason, isDisruption)
    }
    #expect(try problem(failed, [pod(["terminated": ["exitCode": 3]])]) == ("ExitCode", false))
    #expect(
      try problem(failed, [pod(["terminated": ["exitCode": 137, "reason": "OOMKilled"]])]) == ("OutOfMemory", false))
    #expect(try problem(ended("Failed", "DeadlineExceeded"), []) == ("TimedOut", false))
    #expect(try problem(failed, [pod(["terminated": ["exitCode": 143]], disrupted: true)]) == ("Disrupted", true))
    #expect(try problem(failed, []) == ("BackoffLimitExceeded", false))
  }

  @Test("a pod that waits says why, and a suspended Job is queued")
  func waiting() throws {
    let pulling: JSONValue = ["waiting": ["reason": "ErrImagePull", "message": "no such image"]]
    #expect(try read([:], [:], pods: [pod(pulling)]).waiting?.reason == "ErrImagePull")
    #expect(try read([:], [:], pods: [pod(["waiting": ["reason": "ContainerCreating"]])]).waiting == nil)
    #expect(try read(["suspend": true], ["ready": 1]).state == .queued)
    #expect(try read([:], ["ready": 1]).state == .running)
  }
}
