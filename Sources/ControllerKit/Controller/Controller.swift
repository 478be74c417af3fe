public import CRDTypes
import JSON
public import Observability
public import Planning

/// One control loop: keys from sources, worked on by a number of workers, each key by one worker at a time.
///
/// A reconcile gets a key and not an event: it looks at what is so and brings about what should be. What it returns
/// says when it is next needed; what it throws says, by its `ReconcileErrorClass`, whether to try again.
public final class Controller: Sendable {
  public typealias Reconcile = @Sendable (ObjectKey, ReconcileContext) async throws -> Next

  public let name: String
  public let primary: ResourceType
  public let queue: WorkQueue
  let sources: [Source]
  private let workers: Int
  private let reconcile: Reconcile
  private let environment: ControllerEnvironment
  private let metrics: ControllerMetrics

  /// Registers the controller's metrics. Nothing runs until a `Manager` runs it.
  public init(
    _ name: String, primary: ResourceType, sources: [Source], workers: Int = 4,
    queue machine: WorkQueueMachine<ObjectKey> = WorkQueueMachine(), environment: ControllerEnvironment,
    reconcile: @escaping Reconcile
  ) {
    self.name = name
    self.primary = primary
    self.sources = sources
    self.workers = max(1, workers)
    self.reconcile = reconcile
    self.environment = environment
    metrics = ControllerMetrics(environment.metrics, controller: name, workers: max(1, workers))
    let queue = WorkQueue(
      machine: machine, time: environment.time,
      metrics: WorkQueueMetrics(environment.metrics, name: name, controller: name), random: environment.random)
    self.queue = queue
    environment.metrics.beforeExposition { queue.refreshMetrics() }
  }

  /// Lets the sources fill the queue. Called once, before the informers run; on a standby the queue holds what there
  /// will be to do.
  func attach() {
    for source in sources { source.attach { self.queue.add($0) } }
  }

  /// Works until `stop` opens and the reconciles under way have ended. Cancelling the task also cancels those.
  func run(until stop: Latch) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { await self.queue.run() }
      for source in sources {
        guard let run = source.run else { continue }
        group.addTask {
          // The latch ends the source without waiting for it to ask.
          try await Self.run(run, until: stop) { self.queue.add($0) }
        }
      }
      group.addTask {
        await stop.wait()
        self.queue.close()
      }
      for _ in 0..<workers { group.addTask { await self.work() } }
      try await group.waitForAll()
    }
  }

  private static func run(
    _ body: @escaping @Sendable (@escaping @Sendable (ObjectKey) -> Void) async throws -> Void, until stop: Latch,
    enqueue: @escaping @Sendable (ObjectKey) -> Void
  ) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        do {
          try await body(enqueue)
        } catch is CancellationError where stop.isOpen {}
        // A source that ends by itself leaves the controller working.
        await stop.wait()
      }
      group.addTask { await stop.wait() }
      try await group.next()
      group.cancelAll()
    }
  }

  private func work() async {
    while let key = await queue.next() {
      await workOn(key)
      queue.done(key)
    }
  }

  private func workOn(_ key: ObjectKey) async {
    let id = environment.newID()
    var log = environment.log.named(name).with([
      "controller": .string(name), "name": .string(key.name), "reconcileID": .string(id),
    ])
    if let namespace = key.namespace { log = log.with(["namespace": .string(namespace)]) }
    let context = ReconcileContext(log: log, reconcileID: id, failures: queue.failureCount(key))
    let start = environment.time.now
    metrics.began()
    let outcome: Outcome
    do {
      outcome = .next(try await reconcile(key, context))
    } catch {
      outcome = .failed(error)
    }
    settle(key, outcome, log: log, seconds: (environment.time.now - start).inSeconds)
  }

  private enum Outcome {
    case next(Next)
    case failed(any Error)
  }

  private func settle(_ key: ObjectKey, _ outcome: Outcome, log: Logger, seconds: Double) {
    switch outcome {
    case .next(.whenChanged):
      queue.forget(key)
      metrics.ended(.success, seconds: seconds)
    case .next(.after(let delay)):
      queue.forget(key)
      queue.add(key, after: delay)
      metrics.ended(.requeueAfter, seconds: seconds)
    case .failed(let error) where error is CancellationError && Task.isCancelled:
      // The process ends; whoever leads next looks at every key anew.
      metrics.ended(.requeue, seconds: seconds)
    case .failed(let error):
      let text = String(describing: error)
      switch ReconcileErrorClass(error) {
      case .transient(let notBefore):
        let delay = queue.retry(key, notBefore: notBefore)
        metrics.ended(.error, seconds: seconds)
        log.error("Failed to reconcile", ["error": .string(text), "retryAfterSeconds": .number(delay.inSeconds)])
      case .terminal:
        queue.forget(key)
        metrics.ended(.error, terminal: true, seconds: seconds)
        log.error("Failed to reconcile for good until something changes", ["error": .string(text)])
      case .conflict:
        queue.retry(key)
        metrics.ended(.requeue, seconds: seconds)
        log.debug("Looked at outdated objects", ["error": .string(text)])
      }
    }
  }
}

/// What a reconcile knows besides its key.
public struct ReconcileContext: Sendable {
  /// Its lines carry the controller, the object and the reconcile ID.
  public let log: Logger
  /// Ties together what one reconcile logged.
  public let reconcileID: String
  /// How many times in a row the key has failed before.
  public let failures: Int

  public init(log: Logger, reconcileID: String, failures: Int = 0) {
    self.log = log
    self.reconcileID = reconcileID
    self.failures = failures
  }
}

/// What controllers run by: clocks, chance, logs and metrics.
public struct ControllerEnvironment: Sendable {
  public let time: any TimeSource
  public let log: Logger
  public let metrics: MetricRegistry
  /// Uniform in 0..<1.
  public let random: @Sendable () -> Double

  public init(
    time: any TimeSource = SystemTime(), log: Logger, metrics: MetricRegistry,
    random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) }
  ) {
    self.time = time
    self.log = log
    self.metrics = metrics
    self.random = random
  }

  /// 12 hexadecimal digits.
  func newID() -> String {
    let digits = String(UInt64(random() * Double(1 << 48)), radix: 16)
    return String(repeating: "0", count: max(0, 12 - digits.count)) + digits
  }
}
