import CRDTypes
import JSON
import KubernetesAPI
import Observability
import Planning
import Testing
import Threads

@testable import ControllerKit

@Suite(.timeLimit(.minutes(1))) struct ControllerTests {
  let bench = Bench()

  @Test("Changes of a controlled object concern its controller of that kind only")
  func owners() {
    let job = object(.job, "j").controlled(by: .widget, "w")
    var other = ResourceType.widget
    other = ResourceType(group: "other.dev", version: "v1", kind: other.kind, plural: other.plural)
    func keys(_ old: DynamicObject?, _ new: DynamicObject?) -> [String] {
      Informer.Change(key: key("j"), old: old, new: new).controllers(of: .widget).map(\.name)
    }
    #expect(keys(nil, job) == ["w"])
    #expect(keys(job, nil) == ["w"])
    #expect(keys(job, job) == ["w"])
    #expect(keys(job, object(.job, "j").controlled(by: .widget, "v")) == ["w", "v"])
    #expect(keys(nil, object(.job, "j").controlled(by: other, "w")) == [])
    #expect(keys(nil, object(.job, "j")) == [])
  }

  @Test("A change of nothing but the status does not concern the primary controller")
  func predicate() {
    let old = object(.widget, "w")
    func isMore(_ change: (inout DynamicObject) -> Void) -> Bool {
      var new = old
      new.resourceVersion = "9"
      change(&new)
      return Informer.Change(key: key("w"), old: old, new: new).isMoreThanStatus
    }
    #expect(!isMore { $0.status = ["x": 1] })
    #expect(isMore { $0.json[path: "metadata", "generation"] = 2 })
    #expect(isMore { $0.labels = ["a": "b"] })
    #expect(isMore { $0.annotations = ["a": "b"] })
    #expect(isMore { $0 = $0.deleting() })
    #expect(isMore { $0 = $0.finalized("x/y") })
    #expect(Informer.Change(key: key("w"), old: nil, new: old).isMoreThanStatus)
    #expect(Informer.Change(key: key("w"), old: old, new: nil).isMoreThanStatus)
  }

  @Test("Errors call for what they say", arguments: [
    (409, "Conflict", ReconcileErrorClass.conflict), (409, "AlreadyExists", .transient()), (422, "Invalid", .terminal),
    (400, "BadRequest", .terminal), (403, "Forbidden", .transient()), (500, "InternalError", .transient()),
    (404, "NotFound", .transient()),
  ])
  func errorClasses(status: Int, reason: String, expected: ReconcileErrorClass) {
    #expect(ReconcileErrorClass(MemoryCluster.refusal(status, reason)) == expected)
  }

  @Test("A server's Retry-After is the least delay")
  func retryAfter() {
    let error = APIError(httpStatus: 429, reason: "TooManyRequests", message: "m", retryAfter: .seconds(7))
    #expect(ReconcileErrorClass(error) == .transient(notBefore: .seconds(7)))
  }

  /// Runs a controller on one key until `count` reconciles have ended and `body` is done.
  func run(
    _ reconcile: @escaping @Sendable (Int) async throws -> Next, until body: (Controller, Locked<Int>) async -> Void
  ) async throws {
    let calls = Locked(0)
    let controller = Controller("widget", primary: .widget, sources: [], workers: 2, environment: bench.environment) {
      _, _ in
      let call = calls.withLock { calls in
        calls += 1
        return calls
      }
      return try await reconcile(call)
    }
    let stop = Latch()
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await controller.run(until: stop) }
      controller.queue.add(key("w"))
      await body(controller, calls)
      stop.open()
      try await group.waitForAll()
    }
  }

  func metric(_ line: String) -> Bool { bench.metrics.exposition().contains(line + "\n") }

  @Test("A reconcile that asks to be called again is called at that time")
  func requeueAfter() async throws {
    try await run({ call in call == 1 ? .after(.seconds(60)) : .whenChanged }) { _, calls in
      await bench.time.waitForSleeper(until: .seconds(1060))
      #expect(calls.withLock { $0 } == 1)
      bench.time.advance(by: .seconds(60))
      await eventually { metric("controller_runtime_reconcile_total{controller=\"widget\",result=\"success\"} 1") }
      #expect(metric("controller_runtime_reconcile_total{controller=\"widget\",result=\"requeue_after\"} 1"))
    }
  }

  @Test("A transient failure is tried again after the failure delay, and counted and logged")
  func transient() async throws {
    struct Failure: Error {}
    try await run({ call in
      if call < 3 { throw Failure() }
      return .whenChanged
    }) { controller, calls in
      await bench.time.waitForSleeper(until: .seconds(1000) + .milliseconds(5))
      #expect(controller.queue.failureCount(key("w")) == 1)
      bench.time.advance(by: .milliseconds(5))
      await bench.time.waitForSleeper(until: .seconds(1000) + .milliseconds(15))
      bench.time.advance(by: .milliseconds(10))
      await eventually { metric("controller_runtime_reconcile_total{controller=\"widget\",result=\"success\"} 1") }
      #expect(metric("controller_runtime_reconcile_errors_total{controller=\"widget\"} 2"))
      #expect(controller.queue.failureCount(key("w")) == 0)
    }
    let line = try #require(bench.sink.lines.first { $0.contains("Failed to reconcile") })
    #expect(line.contains(#""controller":"widget","name":"w","reconcileID":"000000000000","namespace":"a""#))
  }

  @Test("A terminal failure is not tried again until something changes")
  func terminal() async throws {
    try await run({ call in
      if call == 1 { throw MemoryCluster.refusal(422, "Invalid") }
      return .whenChanged
    }) { controller, calls in
      await eventually { metric("controller_runtime_terminal_reconcile_errors_total{controller=\"widget\"} 1") }
      #expect(controller.queue.snapshot.waiting == 0)
      controller.queue.add(key("w"))
      await eventually { metric("controller_runtime_reconcile_total{controller=\"widget\",result=\"success\"} 1") }
      #expect(metric("controller_runtime_reconcile_errors_total{controller=\"widget\"} 1"))
    }
  }

  @Test("A conflict is looked at again and is no error")
  func conflict() async throws {
    try await run({ call in
      if call == 1 { throw MemoryCluster.refusal(409, "Conflict") }
      return .whenChanged
    }) { _, _ in
      await bench.time.waitForSleeper(until: .seconds(1000) + .milliseconds(5))
      bench.time.advance(by: .milliseconds(5))
      await eventually { metric("controller_runtime_reconcile_total{controller=\"widget\",result=\"success\"} 1") }
      #expect(metric("controller_runtime_reconcile_errors_total{controller=\"widget\"} 0"))
      #expect(metric("controller_runtime_reconcile_total{controller=\"widget\",result=\"requeue\"} 1"))
    }
  }

  @Test("An external source adds keys while the controller works, and is cancelled with it")
  func external() async throws {
    let ended = Latch()
    let seen = Locked<[String]>([])
    let time = bench.time
    let source = Source.external { enqueue in
      defer { ended.open() }
      enqueue(key("tick"))
      try await time.sleep(for: .seconds(3600))
    }
    let controller = Controller(
      "widget", primary: .widget, sources: [source], environment: bench.environment
    ) { key, _ in
      seen.withLock { $0.append(key.name) }
      return .whenChanged
    }
    let stop = Latch()
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await controller.run(until: stop) }
      await eventually { seen.withLock { $0 == ["tick"] } }
      stop.open()
      try await group.waitForAll()
    }
    #expect(ended.isOpen)
  }

  @Test("A change of a referred object concerns those that refer to it")
  func references() async throws {
    let source = ScriptedSource([.widget, .secret])
    let widgets = Informer(
      .widget,
      indexes: [
        ObjectIndex("secret") { widget in
          widget.spec["secret"]?.string.map { [ObjectIndex.value(of: ObjectKey(namespace: "a", name: $0))] } ?? []
        }
      ])
    let secrets = Informer(.secret)
    let controller = Controller(
      "widget", primary: .widget,
      sources: [.primary(widgets), .referenced(secrets, from: widgets, index: "secret")],
      environment: bench.environment
    ) { _, _ in .whenChanged }
    controller.attach()
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await widgets.run(from: source) }
      group.addTask { try await secrets.run(from: source) }
      var user = object(.widget, "user")
      user.spec = ["secret": "s"]
      source.send(
        .widget, .restarted, .initial(user), .initial(object(.widget, "alone")), .synced(resourceVersion: "1"))
      await widgets.waitForSync()
      #expect(Set(controller.queue.snapshot.ready) == [key("user"), key("alone")])
      for _ in 0..<2 {
        let taken = try #require(await controller.queue.next())
        controller.queue.done(taken)
      }
      source.send(.secret, .restarted, .initial(object(.secret, "s")), .synced(resourceVersion: "1"))
      await secrets.waitForSync()
      #expect(controller.queue.snapshot.ready == [key("user")])
      group.cancelAll()
    }
  }
}
