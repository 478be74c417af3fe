/// The state of a queue of keys to be worked on: what may be taken now, what later, what is being worked on.
///
/// Guarantees, those of client-go's workqueue: a key is held at most once however often it is added; it is worked on
/// by one worker at a time, and one that is added meanwhile is worked on again afterwards; keys come out in the order
/// in which they became ready. Pure: times and random numbers are arguments.
public struct WorkQueueMachine<Key: Hashable & Sendable>: Sendable {
  /// A key that a worker is to work on.
  public struct Taken: Sendable, Hashable where Key: Hashable {
    public let key: Key
    /// How long it was ready.
    public let waited: Duration
  }

  private let backoff: FailureBackoff
  private var bucket: TokenBucket?
  private var ready: [Key] = []
  /// The first of `ready` that is not taken yet: taking from an array's front would move all the others.
  private var head = 0
  /// Since when a key wants work: the keys of `ready`, and those in work that were added again.
  private var wanted: [Key: Duration] = [:]
  private var working: [Key: Duration] = [:]
  private var delayed = DeadlineHeap<Key>()
  private var failures: [Key: Int] = [:]

  /// - Parameter bucket: limits all retries together; nil for no such limit.
  public init(backoff: FailureBackoff = FailureBackoff(), bucket: TokenBucket? = nil) {
    self.backoff = backoff
    self.bucket = bucket
  }

  /// How many keys are ready to be taken.
  public var depth: Int { ready.count - head }
  /// How many keys are being worked on.
  public var inWork: Int { working.count }
  /// How many keys wait for a time.
  public var waiting: Int { delayed.count }
  /// When the next delayed key becomes ready.
  public var nextDeadline: Duration? { delayed.first?.deadline }

  public var readyKeys: [Key] { Array(ready[head...]) }
  /// What is being worked on, and since when.
  public var keysInWork: [Key: Duration] { working }
  public func failureCount(_ key: Key) -> Int { failures[key] ?? 0 }

  /// Makes a key ready. Returns false where it already was.
  @discardableResult
  public mutating func add(_ key: Key, at now: Duration) -> Bool {
    guard wanted[key] == nil else { return false }
    wanted[key] = now
    if working[key] == nil { ready.append(key) }
    return true
  }

  /// Makes a key ready after a delay; of several delays of a key the earliest counts. Taking the key for whatever
  /// reason cancels its delay, since working on it decides anew when it is next needed.
  public mutating func add(_ key: Key, after delay: Duration, at now: Duration) {
    if delay <= .zero {
      add(key, at: now)
    } else {
      delayed.insert(key, deadline: now + delay)
    }
  }

  /// Makes a key ready after the delay that its failures so far call for, and counts one more failure.
  ///
  /// - Parameters:
  ///   - notBefore: wait at least this long, as a server asked.
  ///   - random: uniform in 0..<1, spreads keys that failed together.
  /// - Returns: the delay.
  @discardableResult
  public mutating func retry(_ key: Key, notBefore: Duration = .zero, random: Double, at now: Duration) -> Duration {
    let count = failures[key] ?? 0
    failures[key] = count + 1
    var delay = max(backoff.delay(afterFailures: count, random: random), notBefore)
    if let wait = bucket?.reserve(at: now) { delay = max(delay, wait) }
    add(key, after: delay, at: now)
    return delay
  }

  /// Forgets a key's failures: it succeeded, or will not be retried.
  public mutating func forget(_ key: Key) { failures[key] = nil }

  /// Makes keys whose time has come ready. Returns how many were added by that.
  @discardableResult
  public mutating func promote(at now: Duration) -> Int {
    var count = 0
    while let key = delayed.popDue(at: now) {
      if add(key, at: now) { count += 1 }
    }
    return count
  }

  /// Takes the key that has been ready for longest; the caller must call `done` for it.
  public mutating func take(at now: Duration) -> Taken? {
    promote(at: now)
    guard head < ready.count else { return nil }
    let key = ready[head]
    head += 1
    if head > 64, head * 2 > ready.count {
      ready.removeFirst(head)
      head = 0
    }
    let since = wanted.removeValue(forKey: key) ?? now
    working[key] = now
    delayed.remove(key)
    return Taken(key: key, waited: now - since)
  }

  /// Ends the work on a key; if it was added meanwhile it is ready again. Returns how long the work took, or nil for
  /// a key that is not in work.
  @discardableResult
  public mutating func done(_ key: Key, at now: Duration) -> Duration? {
    guard let since = working.removeValue(forKey: key) else { return nil }
    if wanted[key] != nil { ready.append(key) }
    return now - since
  }
}
