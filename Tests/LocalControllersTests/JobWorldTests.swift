import CRDTypes
import FoundationEssentials
import JSON
import Testing

@testable import LocalControllers

/// A Job, its pods and a controller that may be killed between any two of its writes.
private struct JobWorld {
  var job: DynamicObject
  var pods: [DynamicObject] = []
  var dice: Dice
  var now = Sample.now
  var made = 0
  var discarded: Set<String> = []

  /// Carries out a plan in the controller's order, and stops after a number of writes.
  mutating func apply(_ plan: JobPlan, writes: Int) {
    var left = writes
    func may() -> Bool {
      left -= 1
      return left >= 0
    }
    for pod in plan.delete where may() { delete(pod.uid) }
    for pod in plan.discard {
      guard may() else { return }
      release(pod.uid)
      discarded.insert(pod.uid)
      guard may() else { return }
      delete(pod.uid)
    }
    for pod in plan.create {
      guard may() else { return }
      var new = pod
      made += 1
      let name = "p\(made)"
      for field in ["name", "uid"] { new.json[path: "metadata", field] = .string(name) }
      new.json[path: "metadata", "creationTimestamp"] = .string(Timestamp.text(now))
      new.status = ["phase": "Pending"]
      pods.append(new)
    }
    if plan.status != job.status {
      guard may() else { return }
      job.status = plan.status
    }
    for pod in plan.release where may() { release(pod.uid) }
  }

  private mutating func change(_ uid: String, _ change: (inout DynamicObject) -> Void) {
    if let index = pods.firstIndex(where: { $0.uid == uid }) { change(&pods[index]) }
  }

  mutating func release(_ uid: String) { change(uid) { $0.finalizers = [] } }

  mutating func delete(_ uid: String) {
    let time = JSONValue.string(Timestamp.text(now))
    change(uid) { if !$0.isDeleting { $0.json[path: "metadata", "deletionTimestamp"] = time } }
  }

  /// What users, the scheduler and nodes do meanwhile.
  mutating func live(failing: Int) {
    now += TimeInterval(Int.random(in: 1...300, using: &dice))
    for pod in pods {
      let isBound = !pod.spec["nodeName"].isAbsent
      if pod.isPodOver || (pod.isDeleting && !isBound) {
        let goes = pod.isDeleting || (dice.chance(5) && pod.finalizers.isEmpty)
        if goes, pod.finalizers.isEmpty { pods.removeAll { $0.uid == pod.uid } }
      } else if !isBound {
        if dice.chance(60) { change(pod.uid) { $0.json[path: "spec", "nodeName"] = "node" } }
      } else if pod.isDeleting ? dice.chance(60) : dice.chance(40) {
        let fails = pod.isDeleting || dice.chance(failing)
        let time = JSONValue.string(Timestamp.text(now))
        change(pod.uid) {
          $0.status = [
            "phase": fails ? "Failed" : "Succeeded",
            "containerStatuses": [
              ["name": "main", "state": ["terminated": ["exitCode": fails ? 1 : 0, "finishedAt": time]]]
            ],
          ]
        }
      } else if dice.chance(5) {
        delete(pod.uid)
      }
    }
  }

  var isFinished: Bool { ["Complete", "Failed"].contains { job.condition($0)?["status"] == "True" } }
}

@Suite struct JobWorldTests {
  @Test(
    "Each pod counts once, wherever the controller is killed, and the Job ends with its last pod",
    arguments: 0..<60)
  func counts(seed: UInt64) {
    var dice = Dice(seed: seed)
    let isIndexed = dice.chance(50)
    let completions = Int.random(in: 1...6, using: &dice)
    let limit = dice.chance(50) ? 1000 : 2
    var spec: JSONValue = [
      "parallelism": JSONValue(Int.random(in: 1...4, using: &dice)), "completions": JSONValue(completions),
      "completionMode": isIndexed ? "Indexed" : "NonIndexed", "backoffLimit": JSONValue(limit),
    ]
    if dice.chance(40) { spec["podReplacementPolicy"] = "Failed" }
    var world = JobWorld(job: Sample.job(spec), dice: dice)
    for round in 0..<3000 where !world.isFinished {
      let plan = JobPlanner(job: world.job, pods: world.pods, now: world.now).plan()
      let writes = world.dice.chance(50) ? Int.random(in: 0...5, using: &world.dice) : 1000
      world.apply(plan, writes: writes)
      let active = world.pods.filter(\.isPodActive).count
      #expect(active <= (spec["parallelism"]?.int ?? 0) + world.discarded.count)
      if round % 40 == 39, limit == 1000 {
        world.job.json[path: "spec", "suspend"] = .bool(world.job.spec["suspend"]?.bool != true)
      }
      world.live(failing: 35)
    }
    #expect(world.isFinished)
    let status = world.job.status
    let isComplete = world.job.condition("Complete")?["status"] == "True"
    #expect(world.job.condition("Complete").isAbsent || world.job.condition("Failed").isAbsent)
    #expect(status[path: "uncountedTerminatedPods", "failed"].isAbsent)
    #expect(status[path: "uncountedTerminatedPods", "succeeded"].isAbsent)
    let succeeded = status["succeeded"]?.int ?? 0
    let failed = status["failed"]?.int ?? 0
    #expect(succeeded + failed == world.made - world.discarded.count)
    if isComplete { #expect(succeeded >= completions) } else { #expect(failed > limit) }
    if isIndexed, isComplete {
      #expect(IndexRanges.parse(status["completedIndexes"]?.string ?? "", below: completions).count == completions)
    }
    #expect(!world.pods.contains { !$0.hasPodStopped })
  }
}
