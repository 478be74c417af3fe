import CRDTypes
import JSON
public import Observability

/// Runs controllers with all that they need, as one tree of tasks.
///
/// Order: every collection is asked for once (what is missing ends `run()` with a sentence); the informers run and
/// the first lists are awaited; the lease is awaited, with caches kept warm meanwhile; the controllers work.
///
/// Shutdown: cancelling the task that is in `run()` stops the giving out of keys. Reconciles under way are not
/// cancelled; they have `drainTimeout` to end. Then waiting events are written, the lease is released, and `run()`
/// returns. If the lease is lost, everything is cancelled at once and `run()` throws `LeadershipLost`.
public struct Manager: Sendable {
  /// Something long-lived besides controllers, such as an HTTP server. It runs from the start until the end, is ended
  /// by cancellation, and ends the manager if it throws.
  public struct Service: Sendable {
    public let name: String
    public let run: @Sendable () async throws -> Void

    public init(_ name: String, run: @escaping @Sendable () async throws -> Void) {
      self.name = name
      self.run = run
    }
  }

  public struct Settings: Sendable, Hashable {
    /// How long the API server and the first lists are waited for (controller-runtime: 2 minutes).
    public var syncTimeout: Duration = .seconds(120)
    /// How long reconciles under way may take to end (controller-runtime: 30 s).
    public var drainTimeout: Duration = .seconds(30)
    /// How often the manager shows that it is alive.
    public var heartbeat: Duration = .seconds(10)

    public init() {}
  }

  private let source: any WatchSource
  private let probe: any CollectionProbe
  private let informers: [Informer]
  private let controllers: [Controller]
  private let services: [Service]
  private let elector: LeaderElector?
  private let events: EventRecorder?
  private let health: HealthState
  private let settings: Settings
  private let time: any TimeSource
  private let log: Logger

  /// - Parameters:
  ///   - informers: caches besides those of the controllers' sources.
  ///   - elector: nil to work without asking who leads, as for a single replica on one machine.
  public init(
    source: any WatchSource, probe: any CollectionProbe, informers: [Informer] = [], controllers: [Controller],
    services: [Service] = [], elector: LeaderElector? = nil, events: EventRecorder? = nil,
    health: HealthState = HealthState(), settings: Settings = Settings(), environment: ControllerEnvironment
  ) {
    self.source = source
    self.probe = probe
    self.controllers = controllers
    self.services = services
    self.elector = elector
    self.events = events
    self.health = health
    self.settings = settings
    time = environment.time
    log = environment.log.named("manager")
    var seen: Set<ObjectIdentifier> = []
    self.informers = (informers + controllers.flatMap { $0.sources.flatMap(\.informers) })
      .filter { seen.insert(ObjectIdentifier($0)).inserted }
    health.notReady(Self.caches, because: "not started")
  }

  private static let caches = "caches"
  private static let loop = "manager"

  /// Runs until the task is cancelled (then returns) or something fails for good (then throws).
  public func run() async throws {
    let stop = Latch()
    // The one task outside of structured concurrency: cancelling the caller must reach reconciles under way as a
    // request to end, not as a cancellation. Its value is awaited here, so it never outlives this call.
    let tree = Task { try await self.tree(until: stop) }
    try await withTaskCancellationHandler {
      try await tree.value
    } onCancel: {
      stop.open()
    }
  }

  private func tree(until stop: Latch) async throws {
    for controller in controllers { controller.attach() }
    defer { health.endLoop(Self.loop) }
    try await withThrowingTaskGroup(of: Bool.self) { group in
      group.addTask {
        try await beat()
        return false
      }
      for service in services {
        group.addTask {
          try await service.run()
          return false
        }
      }
      if let events {
        group.addTask {
          await events.run()
          return false
        }
      }
      group.addTask {
        try await operate(until: stop)
        return true
      }
      while let isOver = try await group.next(), !isOver {}
      group.cancelAll()
    }
  }

  private func beat() async throws {
    while true {
      health.beat(Self.loop, at: time.now, tolerance: settings.heartbeat * 6)
      try await time.sleep(for: settings.heartbeat)
    }
  }

  private func operate(until stop: Latch) async throws {
    health.notReady(Self.caches, because: "asking for the collections")
    let preflight = Preflight(probe: probe, time: time, patience: settings.syncTimeout)
    guard try await unless(stop, { try await preflight.check(informers) }) else { return }
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for informer in informers {
        group.addTask {
          try await informer.run(from: source) { trouble in
            log.warning(
              "Watch was interrupted", ["resource": .string(informer.type.qualifiedName), "error": .string(trouble)])
          }
          return false
        }
      }
      group.addTask {
        try await lead(until: stop)
        return true
      }
      while let isOver = try await group.next(), !isOver {}
      group.cancelAll()
    }
  }

  private func lead(until stop: Latch) async throws {
    health.notReady(Self.caches, because: "waiting for the first lists")
    guard try await unless(stop, { try await waitForCaches() }) else { return }
    health.ready(Self.caches)
    log.info("Filled the caches", ["informers": .integer(Int64(informers.count))])
    if let elector {
      guard try await unless(stop, { try await elector.acquire() }) else { return await elector.release() }
    }
    try await withThrowingTaskGroup(of: Bool.self) { group in
      if let elector {
        group.addTask {
          try await elector.hold()
          return false
        }
      }
      group.addTask {
        try await work(until: stop)
        return true
      }
      while let isOver = try await group.next(), !isOver {}
      await writeWaitingEvents()
      group.cancelAll()
    }
    await elector?.release()
  }

  private func waitForCaches() async throws {
    let deadline = time.now + settings.syncTimeout
    for informer in informers {
      let time = time
      await firstOf({ await informer.waitForSync() }, { try? await time.sleep(until: deadline) })
      try Task.checkCancellation()
      guard informer.hasSynced else {
        throw StartError(
          type: informer.type,
          problem: .noFirstList(after: settings.syncTimeout, lastTrouble: informer.lastTrouble))
      }
    }
  }

  /// Runs the controllers until they have ended after `stop`, or are cancelled because that took too long.
  private func work(until stop: Latch) async throws {
    try await withThrowingTaskGroup(of: Bool.self) { group in
      group.addTask {
        try await withThrowingTaskGroup(of: Void.self) { controllers in
          for controller in self.controllers { controllers.addTask { try await controller.run(until: stop) } }
          try await controllers.waitForAll()
        }
        // Without controllers there is still a lease to hold.
        await stop.wait()
        return true
      }
      group.addTask {
        await stop.wait()
        try await time.sleep(for: settings.drainTimeout)
        return false
      }
      if let ended = try await group.next(), !ended {
        log.warning(
          "Cancelled reconciles that did not end in time",
          ["seconds": .integer(settings.drainTimeout.components.seconds)])
      }
      group.cancelAll()
    }
  }

  /// Gives the last events two seconds.
  private func writeWaitingEvents() async {
    guard let events else { return }
    events.close()
    let deadline = time.now + .seconds(2)
    let time = time
    await firstOf({ await events.waitForEnd() }, { try? await time.sleep(until: deadline) })
  }

  /// Runs `body`, cancelled when the latch opens. Returns whether it came to its end.
  private func unless(_ stop: Latch, _ body: @escaping @Sendable () async throws -> Void) async throws -> Bool {
    try await withThrowingTaskGroup(of: Bool.self) { group in
      group.addTask {
        try await body()
        return true
      }
      group.addTask {
        await stop.wait()
        return false
      }
      defer { group.cancelAll() }
      return try await group.next() ?? false
    }
  }
}
