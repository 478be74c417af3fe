import CLinux
import Glibc
import Threads

/// The thread that all connections to PostgreSQL live on.
///
/// It is the executor of every `PostgresConnection` and `PostgresPool`, so libpq's functions run there and never
/// block Swift's cooperative threads; between jobs it sleeps in epoll until a socket is ready, a time comes or a job
/// arrives. One thread serves any number of connections. It lives as long as the process.
public final class PostgresLoop: SerialExecutor {
  typealias Instant = ContinuousClock.Instant

  /// What ended a wait.
  enum Outcome: Sendable {
    case ready, timedOut, interrupted
  }

  struct Interest: OptionSet {
    let rawValue: UInt32
    static let read = Interest(rawValue: EPOLLIN.rawValue)
    static let write = Interest(rawValue: EPOLLOUT.rawValue)
  }

  private enum Message {
    case job(UnownedJob)
    case interrupt(Int)
    case ready(Int)
    case action(@Sendable () -> Void)
  }

  private struct Mailbox {
    var messages: [Message] = []
    var asleep = false
  }

  private struct Wait {
    let continuation: UnsafeContinuation<Outcome, Never>
    let deadline: Instant?
    let descriptor: Int32?
  }

  private struct Alarm {
    let deadline: Instant
    let action: @Sendable () -> Void
  }

  private let mailbox = Locked(Mailbox())
  private let poller: Int32
  private let bell: Int32
  private let thread = Locked<pthread_t?>(nil)

  // These are touched on the loop's thread only.
  private nonisolated(unsafe) var waits: [Int: Wait] = [:]
  private nonisolated(unsafe) var owners: [Int32: Int] = [:]
  private nonisolated(unsafe) var alarms: [Int: Alarm] = [:]
  private nonisolated(unsafe) var lastNumber = 0

  private static let started = Result { () throws(PostgresError) in try PostgresLoop() }

  /// The loop of the process, started at the first call.
  ///
  /// Throws `PostgresError` with the code `.system` where the process has no thread or descriptor left.
  public static func shared() throws(PostgresError) -> PostgresLoop { try started.get() }

  private init() throws(PostgresError) {
    poller = epoll_create1(Int32(EPOLL_CLOEXEC))
    bell = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
    var event = epoll_event(events: EPOLLIN.rawValue, data: epoll_data_t(fd: bell))
    guard poller >= 0, bell >= 0, epoll_ctl(poller, EPOLL_CTL_ADD, bell, &event) == 0,
      let thread = DedicatedThread.start({ self.run() })
    else {
      throw PostgresError(.system, "cannot start the thread for PostgreSQL: out of threads or descriptors")
    }
    self.thread.withLock { $0 = thread }
  }

  // MARK: Executor

  public func enqueue(_ job: consuming ExecutorJob) { post(.job(UnownedJob(job))) }

  public func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }

  public func checkIsolated() {
    precondition(isCurrent, "not on the thread of PostgreSQL connections")
  }

  public func isIsolatingCurrentContext() -> Bool? { isCurrent }

  private var isCurrent: Bool {
    guard let thread = thread.withLock ({ $0 }) else { return false }
    return pthread_equal(thread, pthread_self()) != 0
  }

  // MARK: From any thread

  /// Ends the wait of that number, if it is waiting then.
  func interrupt(_ number: Int) { post(.interrupt(number)) }

  /// Ends the wait of that number as ready, if it is waiting then.
  func finish(_ number: Int) { post(.ready(number)) }

  /// Calls `action` on the loop's thread, after what was posted before.
  func perform(_ action: @escaping @Sendable () -> Void) { post(.action(action)) }

  private func post(_ message: Message) {
    let ring = mailbox.withLock { box in
      box.messages.append(message)
      defer { box.asleep = false }
      return box.asleep
    }
    if ring { eventfd_write(bell, 1) }
  }

  // MARK: On the loop's thread

  /// A number for an operation, an alarm or a connection: never used twice.
  func newNumber() -> Int {
    lastNumber += 1
    return lastNumber
  }

  /// Suspends the caller, which must run on this loop, until the descriptor is ready, `finish` or `interrupt` is
  /// called with the number, or the deadline passes.
  func wait(
    _ number: Int, for descriptor: Int32? = nil, _ interest: Interest = .read, until deadline: Instant?
  ) async -> Outcome {
    await withUnsafeContinuation { continuation in
      if let descriptor, !watch(descriptor, interest) {
        // A descriptor that epoll refuses is as good as ready: the next read will say what is wrong with it.
        continuation.resume(returning: .ready)
        return
      }
      waits[number] = Wait(continuation: continuation, deadline: deadline, descriptor: descriptor)
      if let descriptor { owners[descriptor] = number }
    }
  }

  /// Calls `action` on the loop's thread at the time, unless `cancelAlarm` comes first.
  func alarm(at deadline: Instant, _ action: @escaping @Sendable () -> Void) -> Int {
    let number = newNumber()
    alarms[number] = Alarm(deadline: deadline, action: action)
    return number
  }

  func cancelAlarm(_ number: Int) { alarms[number] = nil }

  private func watch(_ descriptor: Int32, _ interest: Interest) -> Bool {
    var event = epoll_event(
      events: interest.rawValue | EPOLLONESHOT.rawValue, data: epoll_data_t(fd: descriptor))
    // libpq closes and opens sockets under the same number; closing one takes it out of the set.
    if epoll_ctl(poller, EPOLL_CTL_MOD, descriptor, &event) == 0 { return true }
    return epoll_ctl(poller, EPOLL_CTL_ADD, descriptor, &event) == 0
  }

  private func end(_ number: Int, _ outcome: Outcome) {
    guard let wait = waits.removeValue(forKey: number) else { return }
    if let descriptor = wait.descriptor { owners[descriptor] = nil }
    wait.continuation.resume(returning: outcome)
  }

  private func run() {
    var events = [epoll_event](repeating: epoll_event(), count: 64)
    while true {
      let messages = mailbox.withLock { box in
        defer { box.messages.removeAll(keepingCapacity: false) }
        return box.messages
      }
      for message in messages {
        switch message {
        case .job(let job): job.runSynchronously(on: asUnownedSerialExecutor())
        case .interrupt(let number): end(number, .interrupted)
        case .ready(let number): end(number, .ready)
        case .action(let action): action()
        }
      }
      let timeout = sleepTime()
      let sleeps = mailbox.withLock { box in
        box.asleep = box.messages.isEmpty
        return box.asleep
      }
      let count = epoll_wait(poller, &events, Int32(events.count), sleeps ? timeout : 0)
      mailbox.withLock { $0.asleep = false }
      for index in 0..<max(0, Int(count)) {
        let descriptor = events[index].data.fd
        if descriptor == bell {
          var rings: eventfd_t = 0
          eventfd_read(bell, &rings)
        } else if let number = owners[descriptor] {
          end(number, .ready)
        }
      }
      ring()
    }
  }

  /// Milliseconds until the next deadline, rounded up; -1 for none. There are as many as connections and callers
  /// in the pool's queue: few enough to look at each.
  private func sleepTime() -> Int32 {
    var next: Instant?
    for wait in waits.values {
      if let deadline = wait.deadline, next.map({ deadline < $0 }) ?? true { next = deadline }
    }
    for alarm in alarms.values where next.map({ alarm.deadline < $0 }) ?? true { next = alarm.deadline }
    guard let next else { return -1 }
    let left = ContinuousClock.now.duration(to: next)
    guard left > .zero else { return 0 }
    let (seconds, attoseconds) = left.components
    return Int32(min(3_600_000, seconds * 1000 + attoseconds / 1_000_000_000_000_000 + 1))
  }

  private func ring() {
    guard !waits.isEmpty || !alarms.isEmpty else { return }
    let now = ContinuousClock.now
    let late = waits.filter { $0.value.deadline.map { $0 <= now } ?? false }.keys
    for number in late { end(number, .timedOut) }
    for (number, alarm) in alarms.filter({ $0.value.deadline <= now }) {
      alarms[number] = nil
      alarm.action()
    }
  }
}
