import CRDTypes
import Glibc
import KubernetesAPI
import Observability
import Planning
import Testing
import Threads

@testable import ControllerKit

@Suite(.timeLimit(.minutes(1))) struct ManagerTests {
  let bench = Bench()
  let health = HealthState()

  func controller(_ informer: Informer, _ reconcile: @escaping Controller.Reconcile) -> Controller {
    Controller(
      "widget", primary: .widget, sources: [.primary(informer)], environment: bench.environment, reconcile: reconcile)
  }

  func manager(
    _ source: ScriptedSource, _ controllers: [Controller], elector: LeaderElector? = nil, events: EventRecorder? = nil,
    services: [Manager.Service] = []
  ) -> Manager {
    Manager(
      source: source, probe: source, controllers: controllers, services: services, elector: elector, events: events,
      health: health, environment: bench.environment)
  }

  func elector(_ lease: MemoryLease, _ identity: String = "me") -> LeaderElector {
    LeaderElector(
      store: lease, identity: identity, time: bench.time, log: bench.environment.log, random: { 0 })
  }

  @Test("A kind that is not installed, or may not be listed, ends the start with a sentence", arguments: [
    (404, "the cluster does not have the kind Widget (widgets.martlet.dev, v1alpha1); "
      + "install the custom resource definitions first: kubectl apply --server-side -f crds/"),
    (403, "not allowed to list widgets of API group martlet.dev in all namespaces; "
      + "grant the verbs get, list and watch on them to the operator's service account"),
  ])
  func preflight(status: Int, sentence: String) async {
    let source = ScriptedSource(
      [.widget], refusing: ["widgets.martlet.dev": MemoryCluster.refusal(status, "x")])
    let manager = manager(source, [controller(Informer(.widget)) { _, _ in .whenChanged }])
    let error = await #expect(throws: StartError.self) { try await manager.run() }
    #expect(error?.description == sentence)
  }

  @Test("A first list that does not come ends the start, naming the kind")
  func syncTimeout() async {
    let manager = manager(
      ScriptedSource([.widget]), [controller(Informer(.widget)) { _, _ in .whenChanged }])
    let running = Task { try await manager.run() }
    await bench.time.waitForSleeper(until: .seconds(1120))
    #expect(health.readiness().text.contains("waiting for the first lists"))
    bench.time.advance(by: .seconds(120))
    let error = await #expect(throws: StartError.self) { try await running.value }
    #expect(error?.description == "the first list of widgets.martlet.dev has not arrived within 120 s")
  }

  @Test("Keys are worked on once the caches are filled; cancelling lets the work under way end, uncancelled")
  func drain() async throws {
    let source = ScriptedSource([.widget])
    let started = Latch()
    let proceed = Latch()
    let outcome = Locked("")
    let controller = controller(Informer(.widget)) { _, _ in
      started.open()
      await proceed.wait()
      outcome.withLock { $0 = Task.isCancelled ? "cancelled" : "ended" }
      return .whenChanged
    }
    let lease = MemoryLease()
    let cluster = MemoryCluster()
    let events = EventRecorder(client: cluster, instance: "pod", environment: bench.environment)
    let manager = manager(source, [controller], elector: elector(lease), events: events)
    let running = Task { try await manager.run() }
    source.send(.widget, .restarted, .initial(object(.widget, "w")), .synced(resourceVersion: "1"))
    await started.wait()
    #expect(health.readiness().passes)
    #expect(health.liveness(at: bench.time.now).checks.map(\.name) == ["manager"])
    #expect(await lease.record?.holder == "me")
    running.cancel()
    // The drain's clock runs, so the stop has been seen.
    await bench.time.waitForSleeper(until: .seconds(1030))
    controller.queue.add(key("too-late"))
    events.record(
      EventDraft(.normal, reason: "R", action: "A", note: "n"), about: object(.widget, "w"), of: .widget, from: "x/y")
    #expect(await lease.record?.holder == "me")
    proceed.open()
    try await running.value
    #expect(outcome.withLock { $0 } == "ended")
    #expect(await lease.record?.holder == "")
    #expect(await cluster.objects.count == 1)
    #expect(controller.queue.snapshot.ready == [key("too-late")])
  }

  @Test("Work that does not end in the drain time is cancelled, then the lease is released")
  func drainTimeout() async throws {
    let source = ScriptedSource([.widget])
    let started = Latch()
    let time = bench.time
    let controller = controller(Informer(.widget)) { _, _ in
      started.open()
      try await time.sleep(for: .seconds(100_000))
      return .whenChanged
    }
    let lease = MemoryLease()
    let manager = manager(source, [controller], elector: elector(lease))
    let running = Task { try await manager.run() }
    source.send(.widget, .restarted, .initial(object(.widget, "w")), .synced(resourceVersion: "1"))
    await started.wait()
    running.cancel()
    await bench.time.waitForSleeper(until: .seconds(1030))
    for _ in 0..<15 {
      // The lease is renewed while draining.
      let renewal = bench.time.now + .seconds(2)
      await bench.time.waitForSleeper(until: renewal)
      bench.time.advance(by: .seconds(2))
    }
    try await running.value
    #expect(await lease.record?.holder == "")
    #expect(bench.sink.lines.contains { $0.contains("Cancelled reconciles that did not end in time") })
  }

  @Test("A standby fills its caches and its queue, is ready, and reconciles nothing")
  func standby() async throws {
    let source = ScriptedSource([.widget])
    let calls = Locked(0)
    let controller = controller(Informer(.widget)) { _, _ in
      calls.withLock { $0 += 1 }
      return .whenChanged
    }
    let lease = MemoryLease()
    try await elector(lease, "other").acquire()
    let manager = manager(source, [controller], elector: elector(lease))
    let running = Task { try await manager.run() }
    source.send(.widget, .restarted, .initial(object(.widget, "w")), .synced(resourceVersion: "1"))
    await bench.time.waitForSleeper(until: .seconds(1002))
    #expect(health.readiness().passes)
    #expect(controller.queue.snapshot.ready == [key("w")])
    #expect(calls.withLock { $0 } == 0)
    running.cancel()
    try await running.value
    #expect(await lease.record?.holder == "other")
  }

  @Test("Losing the lease cancels the work at once and ends the manager with an error")
  func lost() async throws {
    let source = ScriptedSource([.widget])
    let started = Latch()
    let cancelled = Latch()
    let time = bench.time
    let controller = controller(Informer(.widget)) { _, _ in
      started.open()
      do { try await time.sleep(for: .seconds(100_000)) } catch {
        cancelled.open()
        throw error
      }
      return .whenChanged
    }
    let lease = MemoryLease()
    let manager = manager(source, [controller], elector: elector(lease))
    let running = Task { try await manager.run() }
    source.send(.widget, .restarted, .initial(object(.widget, "w")), .synced(resourceVersion: "1"))
    await started.wait()
    var stolen = try #require(await lease.record)
    stolen.holder = "thief"
    _ = try await lease.write(stolen)
    await bench.time.waitForSleeper(until: .seconds(1002))
    bench.time.advance(by: .seconds(2))
    let error = await #expect(throws: LeadershipLost.self) { try await running.value }
    #expect(error?.description == "me lost the leader lease: thief holds it")
    #expect(cancelled.isOpen)
    #expect(await lease.record?.holder == "thief")
  }

  @Test("A service that fails ends the manager with its error; one that returns does not")
  func services() async throws {
    struct Failure: Error {}
    let source = ScriptedSource([.widget])
    let fail = Latch()
    let manager = manager(
      source, [controller(Informer(.widget)) { _, _ in .whenChanged }],
      services: [
        Manager.Service("short") {},
        Manager.Service("server") {
          await fail.wait()
          throw Failure()
        },
      ])
    let running = Task { try await manager.run() }
    source.send(.widget, .restarted, .synced(resourceVersion: "1"))
    await eventually { health.readiness().passes }
    fail.open()
    await #expect(throws: Failure.self) { try await running.value }
  }

  @Test("SIGTERM is waited for instead of ending the process")
  func termination() async {
    let ready = Latch()
    async let received = TerminationSignal.wait(ready: { ready.open() })
    await ready.wait()
    kill(getpid(), SIGTERM)
    #expect(await received == SIGTERM)
  }

  @Test("Waiting for a signal ends with nil when cancelled")
  func terminationCancelled() async {
    let waiting = Task { await TerminationSignal.wait() }
    waiting.cancel()
    #expect(await waiting.value == nil)
  }
}
