import CRDTypes
import FoundationEssentials
import JSON

@testable import LocalControllers

/// Numbers that a seed decides (SplitMix64), so that a failing world can be made again.
struct Dice: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }
}

enum Sample {
  static let now = Date(timeIntervalSince1970: 1_800_000_000)

  static func time(_ seconds: TimeInterval) -> JSONValue { .string(Timestamp.text(now.addingTimeInterval(seconds))) }

  static func job(_ spec: JSONValue, status: JSONValue = .object([:])) -> DynamicObject {
    var spec = spec
    if spec["template"].isAbsent {
      spec["template"] = [
        "metadata": ["labels": ["app": "x"]],
        "spec": ["restartPolicy": "Never", "containers": [["name": "main", "image": "i"]]],
      ]
    }
    return DynamicObject([
      "apiVersion": "batch/v1", "kind": "Job", "metadata": ["name": "j", "namespace": "n", "uid": "job"],
      "spec": spec, "status": status,
    ])
  }

  static func pod(
    _ name: String, _ phase: String = "Running", exit: Int? = nil, at ended: TimeInterval = -3600, index: Int? = nil,
    held: Bool = true, deleted: Bool = false, bound: Bool = true, restarts: Int = 0
  ) -> DynamicObject {
    var pod = DynamicObject([
      "apiVersion": "v1", "kind": "Pod",
      "metadata": ["name": .string(name), "namespace": "n", "uid": .string(name), "creationTimestamp": time(-7200)],
      "spec": ["containers": [["name": "main"]]], "status": ["phase": .string(phase)],
    ])
    if bound { pod.json[path: "spec", "nodeName"] = "node" }
    if held { pod.finalizers = [JobPlan.finalizer] }
    if deleted { pod.json[path: "metadata", "deletionTimestamp"] = time(-1) }
    if let index { pod.annotations[JobPlan.indexAnnotation] = String(index) }
    let code = exit ?? (phase == "Failed" ? 1 : phase == "Succeeded" ? 0 : nil)
    var container: JSONValue = ["name": "main", "restartCount": JSONValue(restarts)]
    if let code { container["state"] = ["terminated": ["exitCode": JSONValue(code), "finishedAt": time(ended)]] }
    pod.json[path: "status", "containerStatuses"] = [container]
    return pod
  }

  static func plan(_ job: DynamicObject, _ pods: [DynamicObject] = [], after seconds: TimeInterval = 0) -> JobPlan {
    JobPlanner(job: job, pods: pods, now: now.addingTimeInterval(seconds)).plan()
  }
}

extension JobPlan {
  func condition(_ type: String) -> JSONValue? {
    status["conditions"]?.array?.first { $0["type"]?.string == type && $0["status"]?.string == "True" }
  }
}

extension JSONValue? {
  /// Whether there is nothing, not even null.
  var isAbsent: Bool { if case .none = self { true } else { false } }
}
