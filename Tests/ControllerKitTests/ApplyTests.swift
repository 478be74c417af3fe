import CRDTypes
import JSON
import KubernetesAPI
import Observability
import Planning
import Testing
import Threads

@testable import ControllerKit

@Suite(.timeLimit(.minutes(1))) struct ApplyTests {
  struct Status: Codable, Sendable, Hashable {
    var observedGeneration: Int64?
    var conditions: [Condition] = []
    var jobs: Int?
  }

  typealias WidgetPlan = Plan<Status, String>

  let cluster = MemoryCluster()

  func shell(_ observer: StepObserver = StepObserver(), events: EventRecorder? = nil) -> ApplyShell {
    ApplyShell(
      client: cluster, controller: "widget", catalog: ResourceCatalog([.widget]), events: events, observer: observer)
  }

  func stored(_ object: DynamicObject, as type: ResourceType = .widget) async throws -> DynamicObject {
    await cluster.put(object, as: type)
    return try #require(await cluster.object(type, object.name))
  }

  func condition(_ time: String, _ status: Condition.Status = .true) -> Condition {
    Condition(type: "Ready", status: status, lastTransitionTime: time, reason: "R", message: "m")
  }

  @Test("Steps are carried out in order with the controller's field manager, then the status")
  func order() async throws {
    let widget = try await stored(object(.widget, "w"))
    let old = try await stored(object(.job, "old"), as: .job)
    let records = Locked<[String]>([])
    let plan = WidgetPlan(
      steps: [
        .finalizer("martlet.dev/cleanup", present: true),
        .record("run-1"),
        .create(object(.job, "new").controlled(by: .widget, "w")),
        .apply(object(.service, "svc")),
        .patch(ObjectReference(.job, key("new")), ["spec": ["suspend": true]]),
        .delete(ObjectReference(.job, key("old")), uid: old.uid),
      ],
      status: Status(jobs: 1), next: .after(.seconds(5)))
    let next = try await shell().carryOut(plan, for: widget, type: .widget) { record in
      records.withLock { $0.append(record) }
    }
    #expect(next == .after(.seconds(5)))
    #expect(records.withLock { $0 } == ["run-1"])
    #expect(
      await cluster.writes == [
        "patch widgets.martlet.dev a/w", "create jobs.batch a/new", "apply services a/svc by martlet-widget",
        "patch jobs.batch a/new", "delete jobs.batch a/old",
        "apply widgets.martlet.dev a/w/status by martlet-widget",
      ])
    #expect(await cluster.object(.widget, "w")?.finalizers == ["martlet.dev/cleanup"])
    #expect(await cluster.object(.widget, "w")?.status == ["jobs": 1, "conditions": []])
    #expect(await cluster.object(.job, "new")?.spec["suspend"] == true)
  }

  @Test("Aborted after any step, the same plan carried out again leads to the same end", arguments: 0...6)
  func aborted(after count: Int) async throws {
    _ = try await stored(object(.widget, "w"))
    let old = try await stored(object(.job, "old"), as: .job)
    let records = Locked<Set<String>>([])
    let plan = WidgetPlan(
      steps: [
        .finalizer("martlet.dev/cleanup", present: true), .record("run-1"),
        .create(object(.job, "new").controlled(by: .widget, "w")), .apply(object(.service, "svc")),
        .delete(ObjectReference(.job, key("old")), uid: old.uid),
      ],
      status: Status(jobs: 1))
    let observed = try #require(await cluster.object(.widget, "w"))
    do {
      try await shell(.aborting(after: count)).carryOut(plan, for: observed, type: .widget) { record in
        _ = records.withLock { $0.insert(record) }
      }
      #expect(count > 5)
    } catch is StepObserver.Aborted {
      #expect(count <= 6)
    }
    let again = try #require(await cluster.object(.widget, "w"))
    try await shell().carryOut(plan, for: again, type: .widget) { record in
      _ = records.withLock { $0.insert(record) }
    }
    #expect(records.withLock { $0 } == ["run-1"])
    #expect(
      await cluster.objects.keys.sorted() == ["jobs.batch a/new", "services a/svc", "widgets.martlet.dev a/w"])
    #expect(await cluster.object(.widget, "w")?.finalizers == ["martlet.dev/cleanup"])
    #expect(await cluster.object(.widget, "w")?.status["jobs"] == 1)
  }

  @Test("A status that differs only in transition times is not written")
  func sameStatus() async throws {
    let plan = WidgetPlan(status: Status(observedGeneration: 1, conditions: [condition("2026-01-01T00:00:00Z")]))
    let widget = try await stored(object(.widget, "w"))
    try await shell().carryOut(plan, for: widget, type: .widget) { _ in }
    #expect(await cluster.writes.count == 1)
    let later = WidgetPlan(status: Status(observedGeneration: 1, conditions: [condition("2026-02-02T00:00:00Z")]))
    let observed = try #require(await cluster.object(.widget, "w"))
    try await shell().carryOut(later, for: observed, type: .widget) { _ in }
    #expect(await cluster.writes.count == 1)
    let flipped = WidgetPlan(
      status: Status(observedGeneration: 1, conditions: [condition("2026-02-02T00:00:00Z", .false)]))
    try await shell().carryOut(flipped, for: observed, type: .widget) { _ in }
    #expect(await cluster.writes.count == 2)
    #expect(await cluster.object(.widget, "w")?.status["conditions"]?[0]?["status"] == "False")
  }

  @Test("A cache that is behind the status that was written is not planned from; one that is ahead is")
  func staleness() async throws {
    let stale = try await stored(object(.widget, "w"))
    let shell = shell()
    #expect(shell.newest(of: stale, type: .widget) == stale)
    try await shell.carryOut(WidgetPlan(status: Status(jobs: 3), next: .whenChanged), for: stale, type: .widget) { _ in }
    let written = try #require(await cluster.object(.widget, "w"))
    #expect(written.resourceVersion != stale.resourceVersion)
    #expect(shell.newest(of: stale, type: .widget) == written)
    // The cache has caught up, and then somebody else has changed the object.
    #expect(shell.newest(of: written, type: .widget) == written)
    var edited = written
    edited.spec = ["size": 2]
    let ahead = try await stored(edited)
    #expect(shell.newest(of: ahead, type: .widget) == ahead)
    #expect(shell.newest(of: stale, type: .widget) == stale, "what was written is forgotten once the cache has it")
    // Another object by that name has nothing to do with it.
    try await shell.carryOut(WidgetPlan(status: Status(jobs: 4), next: .whenChanged), for: ahead, type: .widget) { _ in }
    var other = stale
    other.json[path: "metadata", "uid"] = "another"
    #expect(shell.newest(of: other, type: .widget) == other)
  }

  @Test("Whole numbers are the same with and without a fraction; a new member, or one less, is a difference")
  func statusDifferences() throws {
    func isNeeded(_ wanted: JSONValue, _ existing: JSONValue) throws -> Bool {
      try StatusWrite(wanted, of: object(.widget, "w").with(status: existing), volatile: ["at"]).isNeeded
    }
    #expect(try !isNeeded(["rate": 1.0], ["rate": 1]))
    #expect(try isNeeded(["rate": 1.5], ["rate": 1]))
    #expect(try !isNeeded([:], .null))
    #expect(try isNeeded(["a": 1], .null))
    #expect(try isNeeded([:], ["a": 1]))
    #expect(try !isNeeded(["a": .null, "list": [["at": 1, "b": 2]]], ["list": [["at": 9, "b": 2]]]))
  }

  @Test("A status that tells of progress alone waits until the interval is over; a condition or an event does not")
  func pacedStatus() async throws {
    let time = ManualTime()
    let shell = ApplyShell(
      client: cluster, controller: "widget", catalog: ResourceCatalog([.widget]),
      pacing: StatusPacing(interval: .seconds(1), time: time))
    _ = try await stored(object(.widget, "w"))
    func carryOut(_ jobs: Int, _ ready: Condition.Status, events: [EventDraft] = []) async throws -> Next {
      let observed = try #require(await cluster.object(.widget, "w"))
      let status = Status(conditions: [condition("2026-01-01T00:00:00Z", ready)], jobs: jobs)
      return try await shell.carryOut(
        WidgetPlan(status: status, events: events, next: .after(.seconds(60))), for: observed, type: .widget
      ) { _ in }
    }
    func jobs() async -> JSONValue? { await cluster.object(.widget, "w")?.status["jobs"] }
    #expect(try await carryOut(1, .false) == .after(.seconds(60)))
    time.advance(by: .milliseconds(400))
    #expect(try await carryOut(2, .false) == .after(.milliseconds(600)))
    #expect(await jobs() == 1)
    time.advance(by: .milliseconds(600))
    #expect(try await carryOut(3, .false) == .after(.seconds(60)))
    #expect(await jobs() == 3)
    #expect(try await carryOut(4, .true) == .after(.seconds(60)))
    #expect(await jobs() == 4)
    let event = EventDraft(.normal, reason: "R", action: "A", note: "n")
    #expect(try await carryOut(5, .true, events: [event]) == .after(.seconds(60)))
    #expect(await jobs() == 5)
  }

  enum Existing: CaseIterable { case own, others, nobodys, dying }

  @Test(
    "An object whose name is taken counts as created only if it has the same controller",
    arguments: Existing.allCases)
  func nameTaken(_ existing: Existing) async throws {
    let widget = try await stored(object(.widget, "w"))
    let job = object(.job, "w-1")
    switch existing {
    case .own: await cluster.put(job.controlled(by: .widget, "w"), as: .job)
    case .others: await cluster.put(job.controlled(by: .widget, "other"), as: .job)
    case .nobodys: await cluster.put(job, as: .job)
    case .dying: await cluster.put(job.controlled(by: .widget, "w").deleting(), as: .job)
    }
    let plan = WidgetPlan(steps: [.create(job.controlled(by: .widget, "w"))], status: Status())
    var error: ApplyError?
    do {
      try await shell().carryOut(plan, for: widget, type: .widget) { _ in }
    } catch let thrown as ApplyError {
      error = thrown
    }
    switch existing {
    case .own: #expect(error == nil)
    case .others:
      #expect(error?.description == "Job a/w-1 exists and is controlled by Widget other; delete or rename it")
    case .nobodys:
      #expect(error?.description == "Job a/w-1 exists and was not made by this operator; delete or rename it")
    case .dying: #expect(error?.description == "Job a/w-1 is still being deleted")
    }
    if existing != .own { #expect(await cluster.object(.widget, "w")?.status == .null) }
  }

  @Test("Deleting what is gone, or has another UID by now, is no error and deletes nothing else")
  func deletes() async throws {
    let widget = try await stored(object(.widget, "w"))
    _ = try await stored(object(.job, "again", uid: "new"), as: .job)
    let plan = WidgetPlan(
      steps: [
        .delete(ObjectReference(.job, key("gone")), uid: "x"), .delete(ObjectReference(.job, key("again")), uid: "old"),
      ], status: Status())
    try await shell().carryOut(plan, for: widget, type: .widget) { _ in }
    #expect(await cluster.object(.job, "again")?.uid == "new")
  }

  @Test("With its last finalizer a dying object goes, and no status is written to it")
  func lastFinalizer() async throws {
    let widget = try await stored(object(.widget, "w").finalized("martlet.dev/cleanup").deleting())
    let plan = WidgetPlan(steps: [.finalizer("martlet.dev/cleanup", present: false)], status: Status(jobs: 9))
    try await shell().carryOut(plan, for: widget, type: .widget) { _ in }
    #expect(await cluster.object(.widget, "w") == nil)
    #expect(await cluster.writes == ["patch widgets.martlet.dev a/w"])
    // The cache may still show it.
    try await shell().carryOut(plan, for: widget, type: .widget) { _ in }
  }

  @Test("Another's finalizer that came meanwhile is never removed: the plan ends as outdated")
  func racedFinalizer() async throws {
    let stale = try await stored(object(.widget, "w").finalized("martlet.dev/cleanup"))
    _ = try await stored(object(.widget, "w").finalized("other/one", "martlet.dev/cleanup"))
    let plan = WidgetPlan(steps: [.finalizer("martlet.dev/cleanup", present: false)], status: Status())
    let error = await #expect(throws: ApplyError.self) {
      try await shell().carryOut(plan, for: stale, type: .widget) { _ in }
    }
    #expect(error?.reconcileErrorClass == .conflict)
    #expect(await cluster.object(.widget, "w")?.finalizers == ["other/one", "martlet.dev/cleanup"])
  }

  @Test("A finalizer's state follows from whether it is there and the object is being deleted")
  func finalizerStates() throws {
    let finalizer = Finalizer("martlet.dev/cleanup")
    let plain = object(.widget, "w")
    #expect(finalizer.state(of: plain) == .absent)
    #expect(finalizer.state(of: plain.deleting()) == .finished)
    #expect(finalizer.state(of: plain.finalized("martlet.dev/cleanup")) == .present)
    #expect(finalizer.state(of: plain.finalized("martlet.dev/cleanup").deleting()) == .cleanup)
    #expect(finalizer.addition(to: plain.deleting()) == nil)
    #expect(finalizer.addition(to: plain.finalized("martlet.dev/cleanup")) == nil)
    #expect(finalizer.removal(from: plain) == nil)
    for object in [plain, plain.finalized("x/y"), plain.finalized("x/y", "z/z")] {
      let added = try #require(finalizer.addition(to: object)).applied(to: object.json)
      #expect(DynamicObject(added).finalizers == object.finalizers + ["martlet.dev/cleanup"])
      let removed = try #require(finalizer.removal(from: DynamicObject(added))).applied(to: added)
      #expect(DynamicObject(removed).finalizers == object.finalizers)
    }
  }

  @Test("Nothing is written once this process no longer leads")
  func fenced() async throws {
    let bench = Bench()
    let elector = LeaderElector(
      store: MemoryLease(), identity: "me", time: bench.time, log: bench.environment.log, random: { 0 })
    let widget = try await stored(object(.widget, "w"))
    let plan = WidgetPlan(steps: [.apply(object(.service, "svc"))], status: Status(jobs: 1))
    try await elector.acquire()
    bench.time.advance(by: .seconds(11))
    await #expect(throws: LeadershipLost.self) {
      try await shell(.leading(elector)).carryOut(plan, for: widget, type: .widget) { _ in }
    }
    #expect(await cluster.writes.isEmpty)
  }

  @Test("A kind that the catalog lacks ends the plan with its name")
  func unknownKind() async throws {
    let widget = try await stored(object(.widget, "w"))
    let strange = DynamicObject(["apiVersion": "x/v1", "kind": "Strange", "metadata": ["name": "s"]])
    let plan = WidgetPlan(steps: [.apply(strange)], status: Status())
    let error = await #expect(throws: ApplyError.self) {
      try await shell().carryOut(plan, for: widget, type: .widget) { _ in }
    }
    #expect(error?.description.hasPrefix("Strange s: ") == true)
    #expect(error?.reconcileErrorClass == .terminal)
  }

  @Test("Events are recorded after everything else succeeded")
  func events() async throws {
    let bench = Bench()
    let recorder = EventRecorder(client: cluster, instance: "pod", environment: bench.environment)
    let widget = try await stored(object(.widget, "w"))
    let plan = WidgetPlan(
      steps: [.record("x")], status: Status(),
      events: [EventDraft(.normal, reason: "Done", action: "Do", note: "n")])
    struct Failure: Error {}
    await #expect(throws: Failure.self) {
      try await shell(events: recorder).carryOut(plan, for: widget, type: .widget) { _ in throw Failure() }
    }
    try await shell(events: recorder).carryOut(plan, for: widget, type: .widget) { _ in }
    recorder.close()
    await recorder.run()
    let events = await cluster.objects.filter { $0.key.hasPrefix("events") }.values.map { $0 }
    #expect(events.count == 1)
    #expect(events.first?.json["reportingController"] == "martlet.dev/widget")
    #expect(events.first?.json["series"] == nil)
  }
}
