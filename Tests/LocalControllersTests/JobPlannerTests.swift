import CRDTypes
import FoundationEssentials
import JSON
import Testing

@testable import LocalControllers

@Suite struct JobPlannerTests {
  @Test(
    "A Job has as many pods as parallelism and the completions that are left allow",
    arguments: [
      (3, 5, 0, 0, 3), (3, 5, 3, 0, 2), (3, 5, 4, 0, 1), (2, 5, 0, 1, 1), (0, 5, 0, 0, 0), (10, 2, 0, 0, 2),
    ])
  func size(parallelism: Int, completions: Int, succeeded: Int, active: Int, created: Int) {
    let job = Sample.job(
      ["parallelism": JSONValue(parallelism), "completions": JSONValue(completions)],
      status: ["startTime": Sample.time(-10), "succeeded": JSONValue(succeeded)])
    let plan = Sample.plan(job, (0..<active).map { Sample.pod("p\($0)") })
    #expect(plan.create.count == created)
    #expect(plan.delete.isEmpty && plan.discard.isEmpty)
  }

  @Test("A new Job's pods carry the tracking finalizer and the Job as their controller, and the Job its start time")
  func create() throws {
    let plan = Sample.plan(Sample.job(["parallelism": 1, "completions": 1]))
    let pod = try #require(plan.create.first)
    #expect(pod.finalizers == [JobPlan.finalizer])
    #expect(pod.controllerReference?.uid == "job")
    #expect(pod.metadata["generateName"] == "j-")
    #expect(plan.status["startTime"] == Sample.time(0))
    #expect(plan.status["active"] == 1)
  }

  @Test("An Indexed Job gives each pod an index of its own: the lowest that neither runs nor is done")
  func indexed() {
    let job = Sample.job(
      ["parallelism": 3, "completions": 6, "completionMode": "Indexed"],
      status: ["startTime": Sample.time(-10), "completedIndexes": "0,2", "succeeded": 2])
    let plan = Sample.plan(job, [Sample.pod("a", index: 1)])
    #expect(plan.create.map { $0.annotations[JobPlan.indexAnnotation] } == ["3", "4"])
    #expect(plan.create[0].spec["hostname"] == "j-3")
    #expect(plan.create[0].spec["containers"]?[0]?["env"]?[0]?["name"] == "JOB_COMPLETION_INDEX")
    #expect(plan.create[0].metadata["generateName"] == "j-3-")
  }

  @Test("Pods of an index that is taken, done or out of range are let go and count as nothing")
  func duplicates() {
    let job = Sample.job(
      ["parallelism": 3, "completions": 3, "completionMode": "Indexed"],
      status: ["startTime": Sample.time(-10), "completedIndexes": "0", "succeeded": 1])
    let pods = [
      Sample.pod("done", index: 0), Sample.pod("first", index: 1), Sample.pod("second", index: 1),
      Sample.pod("outside", index: 7), Sample.pod("failed-outside", "Failed", index: 9),
    ]
    let plan = Sample.plan(job, pods)
    #expect(Set(plan.discard.map(\.name)) == ["done", "second", "outside"])
    #expect(plan.status["failed"].isAbsent && plan.status[path: "uncountedTerminatedPods", "failed"].isAbsent)
    #expect(plan.release.map(\.name) == ["failed-outside"])
  }

  @Test("An index that succeeds twice is one completion")
  func twice() {
    let job = Sample.job(
      ["parallelism": 2, "completions": 2, "completionMode": "Indexed"], status: ["startTime": Sample.time(-10)])
    let plan = Sample.plan(job, [Sample.pod("a", "Succeeded", index: 1), Sample.pod("b", "Succeeded", index: 1)])
    #expect(plan.status["succeeded"] == 1)
    #expect(plan.status["completedIndexes"] == "1")
    #expect(plan.condition("SuccessCriteriaMet").isAbsent)
  }

  @Test(
    "Completion indexes are written as ranges and read back",
    arguments: [([], ""), ([3], "3"), ([1, 2], "1,2"), ([0, 1, 2, 5], "0-2,5"), ([1, 3, 4, 5, 7], "1,3-5,7")] as [([Int], String)])
  func ranges(indexes: [Int], text: String) {
    #expect(IndexRanges.text(Set(indexes)) == text)
    #expect(IndexRanges.parse(text, below: 100) == Set(indexes))
    #expect(IndexRanges.parse("0-2000000000,x,5-3,-1", below: 3) == [0, 1, 2])
  }

  @Test("Success comes as SuccessCriteriaMet first, and as Complete when every pod is counted and none is left running")
  func complete() {
    var job = Sample.job(["parallelism": 2, "completions": 1], status: ["startTime": Sample.time(-10)])
    var pods = [Sample.pod("a", "Succeeded"), Sample.pod("b")]
    var plan = Sample.plan(job, pods)
    #expect(plan.condition("SuccessCriteriaMet")?["reason"] == "CompletionsReached")
    #expect(plan.condition("Complete").isAbsent)
    #expect(plan.discard.map(\.name) == ["b"] && plan.delete.isEmpty)
    #expect(plan.status[path: "uncountedTerminatedPods", "succeeded"] == ["a"])

    job.status = plan.status
    pods = [Sample.pod("a", "Succeeded", held: false), Sample.pod("b", held: false, deleted: true)]
    plan = Sample.plan(job, pods)
    #expect(plan.condition("Complete").isAbsent)
    #expect(plan.status["succeeded"] == 1)

    job.status = plan.status
    plan = Sample.plan(job, [pods[0]])
    #expect(!plan.condition("Complete").isAbsent)
    #expect(plan.status["completionTime"] == Sample.time(0))
    #expect(plan.status["failed"].isAbsent)
  }

  @Test("What was decided stands: a success stays one whatever becomes of the pods that were left over")
  func standing() {
    let status: JSONValue = [
      "startTime": Sample.time(-10), "succeeded": 1,
      "conditions": [["type": "SuccessCriteriaMet", "status": "True", "reason": "CompletionsReached", "message": "m"]],
    ]
    let job = Sample.job(["parallelism": 2, "completions": 1, "backoffLimit": 0, "activeDeadlineSeconds": 5], status: status)
    let plan = Sample.plan(job, [Sample.pod("b", "Failed", exit: 143)])
    #expect(plan.condition("FailureTarget").isAbsent)
    #expect(!plan.condition("SuccessCriteriaMet").isAbsent)
  }

  @Test("More failures than backoffLimit fail the Job, first as FailureTarget, and what runs then is a failure too")
  func backoffLimit() {
    var job = Sample.job(
      ["parallelism": 2, "completions": 2, "backoffLimit": 1], status: ["startTime": Sample.time(-10), "failed": 1])
    var plan = Sample.plan(job, [Sample.pod("a", "Failed"), Sample.pod("b")])
    #expect(plan.condition("FailureTarget")?["reason"] == "BackoffLimitExceeded")
    #expect(plan.condition("FailureTarget")?["message"] == "Job has reached the specified backoff limit")
    #expect(plan.condition("Failed").isAbsent)
    #expect(plan.delete.map(\.name) == ["b"] && plan.create.isEmpty)
    job.status = plan.status
    plan = Sample.plan(job, [Sample.pod("b", deleted: true)])
    #expect(plan.condition("Failed").isAbsent)
    job.status = plan.status
    plan = Sample.plan(job, [])
    #expect(plan.condition("Failed")?["reason"] == "BackoffLimitExceeded")
    #expect(plan.status["failed"] == 3)
    #expect(plan.status["completionTime"].isAbsent)
  }

  @Test(
    "Where containers are restarted in place, restarts count against the limit",
    arguments: [(0, 0, false), (0, 1, true), (3, 2, false), (3, 3, true)])
  func restarts(limit: Int, restarts: Int, fails: Bool) {
    let template: JSONValue = ["spec": ["restartPolicy": "OnFailure", "containers": []]]
    let job = Sample.job(
      ["parallelism": 1, "completions": 1, "backoffLimit": JSONValue(limit), "template": template],
      status: ["startTime": Sample.time(-10)])
    let plan = Sample.plan(job, [Sample.pod("a", restarts: restarts)])
    #expect((!plan.condition("FailureTarget").isAbsent) == fails)
  }

  @Test(
    "After failures in a row a Job waits 10 s, doubled each time up to 10 minutes",
    arguments: [(1, 10), (2, 20), (3, 40), (6, 320), (7, 600), (40, 600)] as [(Int, Double)])
  func backoff(failures: Int, delay: TimeInterval) {
    let job = Sample.job(
      ["parallelism": 1, "completions": 1, "backoffLimit": 100], status: ["startTime": Sample.time(-10)])
    let pods = (0..<failures).map { Sample.pod("p\($0)", "Failed", at: -3) }
    let early = Sample.plan(job, pods)
    #expect(early.create.isEmpty)
    #expect(early.wake == delay - 3)
    #expect(Sample.plan(job, pods, after: delay - 3).create.count == 1)
  }

  @Test("A success ends the row of failures; a pod without containers' states failed when it was made at the latest")
  func row() {
    let failed = [-300.0, -200, -5].map { Sample.pod("f\($0)", "Failed", at: $0) }
    let record = JobBackoff(succeeded: [Sample.pod("s", "Succeeded", at: -100)], failed: failed)
    #expect(record.failures == 1)
    #expect(record.remaining(at: Sample.now) == 5)
    var bare = Sample.pod("bare", "Failed")
    bare.status = ["phase": "Failed", "reason": "UnexpectedAdmissionError"]
    bare.json[path: "metadata", "creationTimestamp"] = Sample.time(-2)
    #expect(JobBackoff(succeeded: [], failed: [bare]).remaining(at: Sample.now) == 8)
  }

  @Test("Suspending lets the pods go uncounted and clears the start; resuming starts the deadline anew")
  func suspend() {
    var job = Sample.job(
      ["parallelism": 2, "completions": 2, "suspend": true, "activeDeadlineSeconds": 60, "backoffLimit": 0],
      status: ["startTime": Sample.time(-50), "active": 2])
    var plan = Sample.plan(job, [Sample.pod("a"), Sample.pod("b")])
    #expect(plan.discard.count == 2 && plan.delete.isEmpty)
    #expect(plan.status["startTime"].isAbsent)
    #expect(plan.condition("Suspended")?["message"] == "Job suspended")
    job.status = plan.status
    plan = Sample.plan(job, [Sample.pod("a", held: false, deleted: true)], after: 100)
    #expect(plan.status["failed"].isAbsent && plan.condition("FailureTarget").isAbsent)
    job.status = plan.status
    job.json[path: "spec", "suspend"] = false
    plan = Sample.plan(job, [], after: 500)
    #expect(plan.create.count == 2)
    #expect(plan.status["startTime"] == Sample.time(500))
    #expect(plan.status["conditions"]?[0]?["reason"] == "JobResumed")
    #expect(plan.status["conditions"]?[0]?["status"] == "False")
    job.status = plan.status
    #expect(Sample.plan(job, [], after: 559).condition("FailureTarget").isAbsent)
    #expect(Sample.plan(job, [], after: 560).condition("FailureTarget")?["reason"] == "DeadlineExceeded")
  }

  @Test("A Job that is resumed with an old start time, as some controllers leave it, gets a new one")
  func resumed() {
    let job = Sample.job(
      ["parallelism": 1, "completions": 1, "activeDeadlineSeconds": 60],
      status: ["startTime": Sample.time(-5000), "conditions": [["type": "Suspended", "status": "True"]]])
    let plan = Sample.plan(job)
    #expect(plan.status["startTime"] == Sample.time(0))
    #expect(plan.create.count == 1)
  }

  @Test("A work queue runs on after its first success and makes no more pods")
  func queue() {
    let job = Sample.job(["parallelism": 3], status: ["startTime": Sample.time(-10)])
    #expect(Sample.plan(job).create.count == 3)
    let running = Sample.plan(job, [Sample.pod("a", "Succeeded"), Sample.pod("b")])
    #expect(running.create.isEmpty && running.discard.isEmpty && running.condition("SuccessCriteriaMet").isAbsent)
    #expect(!Sample.plan(job, [Sample.pod("a", "Succeeded")]).condition("SuccessCriteriaMet").isAbsent)
  }

  @Test("Fewer pods are wanted: the least loss goes, and counts as nothing")
  func shrink() {
    let job = Sample.job(["parallelism": 1, "completions": 9], status: ["startTime": Sample.time(-10)])
    let pods = [Sample.pod("running"), Sample.pod("pending", "Pending"), Sample.pod("unbound", "Pending", bound: false)]
    #expect(Sample.plan(job, pods).discard.map(\.name) == ["unbound", "pending"])
    #expect(Sample.plan(job, pods).delete.isEmpty)
  }

  @Test("A pod that is deleted is replaced at once, or once it has ended where the policy says so")
  func replacement() {
    let deleted = [Sample.pod("a", deleted: true)]
    var job = Sample.job(["parallelism": 1, "completions": 1], status: ["startTime": Sample.time(-10)])
    #expect(Sample.plan(job, deleted, after: 60).create.count == 1)
    #expect(Sample.plan(job, deleted).status[path: "uncountedTerminatedPods", "failed"] == ["a"])
    for (name, value) in [("podReplacementPolicy", "Failed"), ("podFailurePolicy", ["rules": []])] as [(String, JSONValue)] {
      job = Sample.job(.object(["parallelism": 1, "completions": 1, name: value]), status: ["startTime": Sample.time(-10)])
      let plan = Sample.plan(job, deleted, after: 60)
      #expect(plan.create.isEmpty && plan.release.isEmpty)
      #expect(plan.status["terminating"] == 1)
      #expect(Sample.plan(job, [Sample.pod("a", "Failed", deleted: true)], after: 60).create.count == 1)
      #expect(Sample.plan(job, [Sample.pod("a", "Pending", deleted: true, bound: false)], after: 60).create.count == 1)
    }
  }

  @Test(
    "Time to live counts from the last condition",
    arguments: [("Complete", 59.0, false), ("Complete", 60, true), ("Failed", 61, true)])
  func ttl(type: String, after: TimeInterval, deletes: Bool) {
    let job = Sample.job(
      ["ttlSecondsAfterFinished": 60],
      status: ["conditions": [["type": .string(type), "status": "True", "lastTransitionTime": Sample.time(0)]]])
    let plan = Sample.plan(job, [Sample.pod("a", "Succeeded")], after: after)
    #expect(plan.deleteJob == deletes)
    #expect(plan.release.map(\.name) == ["a"])
    #expect((plan.wake != nil) == !deletes)
  }

  @Test("A Job of no completions is complete at once")
  func none() {
    let plan = Sample.plan(Sample.job(["parallelism": 1, "completions": 0]))
    #expect(!plan.condition("Complete").isAbsent)
    #expect(plan.create.isEmpty && !plan.status["startTime"].isAbsent)
  }
}
