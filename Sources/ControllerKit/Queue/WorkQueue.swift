public import CRDTypes
public import JSON
public import Observability
import Threads

/// A queue of object keys that workers wait on: a `WorkQueueMachine` with a lock, a clock and metrics.
///
/// Adding never blocks and never overflows: the queue holds each key once. `run()` must be running for delayed keys
/// to become ready.
public final class WorkQueue: Sendable {
  private struct State: Sendable {
    var machine: WorkQueueMachine<ObjectKey>
    var isClosed = false
    var lastWaiter = 0
    /// In the order of their ids, which is the order in which they came.
    var waiters: [(id: Int, continuation: CheckedContinuation<ObjectKey?, Never>)] = []
    /// What `run()` sleeps until; nil while it waits for a ring only.
    var armed: Duration?
  }

  private struct Delivery: Sendable {
    let continuation: CheckedContinuation<ObjectKey?, Never>
    let key: ObjectKey
  }

  private let state: Locked<State>
  private let bell = Bell()
  private let time: any TimeSource
  private let random: @Sendable () -> Double
  private let metrics: WorkQueueMetrics?

  public init(
    machine: WorkQueueMachine<ObjectKey> = WorkQueueMachine(), time: any TimeSource = SystemTime(),
    metrics: WorkQueueMetrics? = nil, random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) }
  ) {
    state = Locked(State(machine: machine))
    self.time = time
    self.metrics = metrics
    self.random = random
  }

  /// Makes a key ready now.
  public func add(_ key: ObjectKey) {
    change { machine, now in
      if machine.add(key, at: now) { metrics?.added() }
    }
  }

  /// Makes a key ready after a delay; the earliest of several counts.
  public func add(_ key: ObjectKey, after delay: Duration) {
    change { machine, now in machine.add(key, after: delay, at: now) }
  }

  /// Makes a key that failed ready after its failure delay. Returns the delay.
  @discardableResult
  public func retry(_ key: ObjectKey, notBefore: Duration = .zero) -> Duration {
    metrics?.retried()
    let random = random()
    return change { machine, now in machine.retry(key, notBefore: notBefore, random: random, at: now) }
  }

  public func forget(_ key: ObjectKey) { change { machine, _ in machine.forget(key) } }

  /// The number of times that a key has failed in a row.
  public func failureCount(_ key: ObjectKey) -> Int { state.withLock { $0.machine.failureCount(key) } }

  /// Ends the work on a key that `next()` gave out.
  public func done(_ key: ObjectKey) {
    change { machine, now in
      if let worked = machine.done(key, at: now) { metrics?.finished(afterSeconds: worked.inSeconds) }
    }
  }

  /// Waits for a key. Nil when the queue is closed or the task is cancelled; otherwise `done` must follow.
  public func next() async -> ObjectKey? {
    let id = state.withLock { state in
      state.lastWaiter += 1
      return state.lastWaiter
    }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { (continuation: CheckedContinuation<ObjectKey?, Never>) in
        let deliveries = state.withLock { state -> [Delivery]? in
          // Seen under the lock, so that the handler below either comes later and finds the waiter, or came before.
          if state.isClosed || Task.isCancelled { return nil }
          state.waiters.append((id, continuation))
          return handOut(&state, at: time.now)
        }
        guard let deliveries else { return continuation.resume(returning: nil) }
        for delivery in deliveries { delivery.continuation.resume(returning: delivery.key) }
      }
    } onCancel: {
      let waiter = state.withLock { state in
        state.waiters.firstIndex { $0.id == id }.map { state.waiters.remove(at: $0).continuation }
      }
      waiter?.resume(returning: nil)
    }
  }

  /// Gives out no more keys: waiting workers get nil at once.
  public func close() {
    let waiters = state.withLock { state in
      state.isClosed = true
      defer { state.waiters = [] }
      return state.waiters
    }
    for waiter in waiters { waiter.continuation.resume(returning: nil) }
    bell.ring()
  }

  /// Makes delayed keys ready when their time comes, until the queue is closed or the task cancelled.
  public func run() async {
    while !Task.isCancelled {
      let wait = state.withLock { state -> (closed: Bool, until: Duration?) in
        state.armed = state.machine.nextDeadline
        return (state.isClosed, state.armed)
      }
      if wait.closed { return }
      await bell.wait(until: wait.until, by: time)
      change { machine, now in
        for _ in 0..<machine.promote(at: now) { metrics?.added() }
      }
    }
  }

  /// What the queue holds.
  public var snapshot: WorkQueueSnapshot {
    let now = time.now
    return state.withLock { state in
      WorkQueueSnapshot(
        ready: state.machine.readyKeys, inWork: state.machine.keysInWork.mapValues { now - $0 },
        waiting: state.machine.waiting)
    }
  }

  /// Sets the gauges that are only known by looking.
  public func refreshMetrics() {
    let snapshot = snapshot
    let ages = snapshot.inWork.values.map(\.inSeconds)
    metrics?.observe(
      depth: snapshot.ready.count, unfinishedSeconds: ages.reduce(0, +), longestSeconds: ages.max() ?? 0)
  }

  @discardableResult
  private func change<Result>(_ body: (inout WorkQueueMachine<ObjectKey>, Duration) -> Result) -> Result {
    let now = time.now
    let (result, deliveries, earlier) = state.withLock { state -> (Result, [Delivery], Bool) in
      let result = body(&state.machine, now)
      let deliveries = handOut(&state, at: now)
      let next = state.machine.nextDeadline
      let earlier = next.map { next in state.armed.map { next < $0 } ?? true } ?? false
      return (result, deliveries, earlier)
    }
    for delivery in deliveries { delivery.continuation.resume(returning: delivery.key) }
    if earlier { bell.ring() }
    return result
  }

  private func handOut(_ state: inout State, at now: Duration) -> [Delivery] {
    guard !state.isClosed else { return [] }
    var deliveries: [Delivery] = []
    while let waiter = state.waiters.first, let taken = state.machine.take(at: now) {
      state.waiters.removeFirst()
      metrics?.taken(afterSeconds: taken.waited.inSeconds)
      deliveries.append(Delivery(continuation: waiter.continuation, key: taken.key))
    }
    return deliveries
  }
}

/// What a work queue holds at one moment, for debugging pages.
public struct WorkQueueSnapshot: Sendable, Hashable {
  /// In the order in which they will be taken.
  public let ready: [ObjectKey]
  /// Each with how long it has been worked on.
  public let inWork: [ObjectKey: Duration]
  /// How many keys wait for a time.
  public let waiting: Int

  public var json: JSONValue {
    [
      "ready": .array(ready.map { .string($0.description) }),
      "inWorkSeconds": .object(
        JSONObject(inWork.map { ($0.key.description, .number($0.value.inSeconds)) })),
      "waiting": JSONValue(waiting),
    ]
  }
}
