/// The decisions of a pool: who gets which connection, who waits, what is closed. Time is an argument; nothing here
/// touches a connection.
struct PoolMachine {
  typealias Instant = ContinuousClock.Instant

  /// What a request gets.
  enum Grant: Sendable, Hashable {
    /// The connection of that number; it was idle or has just come back.
    case use(Int)
    /// Leave to make a connection of that number, to be answered with `connected` or `removed`.
    case connect(Int)
  }

  enum Slot: Hashable {
    /// May become leased or be removed.
    case connecting
    /// May become idle or be removed.
    case leased
    /// May become leased or be removed.
    case idle(since: Instant)
  }

  struct Wake: Hashable {
    let request: Int
    let grant: Grant
  }

  let limits: PoolLimits
  private(set) var slots: [Int: Slot] = [:]
  private(set) var waiting: [Int] = []
  private(set) var isClosed = false
  private var lastNumber = 0

  init(limits: PoolLimits) { self.limits = limits }

  /// A request for a connection: a grant, or nil where it must wait. The connection used last is given first, so that
  /// others grow old and are closed.
  mutating func acquire(_ request: Int) -> Grant? {
    var newest: (number: Int, since: Instant)?
    for case (let number, .idle(let since)) in slots
    where newest.map({ since > $0.since || (since == $0.since && number > $0.number) }) ?? true {
      newest = (number, since)
    }
    if let newest {
      slots[newest.number] = .leased
      return .use(newest.number)
    }
    if slots.count < limits.connections { return .connect(newSlot()) }
    waiting.append(request)
    return nil
  }

  /// The connection that was granted by `connect` is there, and leased to whom it was granted.
  mutating func connected(_ number: Int) { if slots[number] != nil { slots[number] = .leased } }

  /// A leased connection comes back whole; it goes to who waits longest, or becomes idle.
  mutating func released(_ number: Int, at now: Instant) -> Wake? {
    guard slots[number] != nil else { return nil }
    guard !waiting.isEmpty else {
      slots[number] = .idle(since: now)
      return nil
    }
    return Wake(request: waiting.removeFirst(), grant: .use(number))
  }

  /// A connection is gone: broken, closed or never made. Who waits longest may make another.
  mutating func removed(_ number: Int) -> Wake? {
    guard slots.removeValue(forKey: number) != nil, !isClosed, !waiting.isEmpty else { return nil }
    return Wake(request: waiting.removeFirst(), grant: .connect(newSlot()))
  }

  /// A request gives up; false where it does not wait (any more).
  mutating func cancel(_ request: Int) -> Bool {
    guard let index = waiting.firstIndex(of: request) else { return false }
    waiting.remove(at: index)
    return true
  }

  /// The connections that have been idle too long: they are taken out, and are to be closed.
  mutating func expire(at now: Instant) -> [Int] {
    var out: [Int] = []
    for case (let number, .idle(let since)) in slots where since + limits.idleLifetime <= now { out.append(number) }
    for number in out { slots[number] = nil }
    return out.sorted()
  }

  /// When the next idle connection will have been idle too long.
  var nextExpiry: Instant? {
    var next: Instant?
    for case .idle(let since) in slots.values where next.map({ since < $0 }) ?? true { next = since }
    return next.map { $0 + limits.idleLifetime }
  }

  /// Closes the pool: the idle connections to close and the requests to refuse. Leased ones are removed as they come
  /// back.
  mutating func close() -> (idle: [Int], refused: [Int]) {
    isClosed = true
    var idle: [Int] = []
    for case (let number, .idle) in slots { idle.append(number) }
    for number in idle { slots[number] = nil }
    defer { waiting = [] }
    return (idle.sorted(), waiting)
  }

  private mutating func newSlot() -> Int {
    lastNumber += 1
    slots[lastNumber] = .connecting
    return lastNumber
  }
}
