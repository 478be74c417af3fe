import Threads

/// Keeps a status from being written more often than anybody reads it: one that tells of progress alone waits until
/// the interval since the last write of that object is over.
///
/// What is urgent never waits: a condition that is new, gone, or changes its status, reason or generation, and
/// whatever comes with an event.
public final class StatusPacing: Sendable {
  private let interval: Duration
  private let time: any TimeSource
  /// The time of the last write, by the object's UID.
  private let writes = Locked<[String: Duration]>([:])

  public init(interval: Duration, time: any TimeSource) {
    self.interval = interval
    self.time = time
  }

  /// How long a write that is not urgent is to wait; nil where it may be made now.
  func wait(for uid: String) -> Duration? {
    let now = time.now
    guard let last = writes.withLock({ $0[uid] }), now - last < interval else { return nil }
    return interval - (now - last)
  }

  func wrote(_ uid: String) {
    let now = time.now
    writes.withLock { writes in
      // What is older than the interval says nothing any more.
      writes = writes.filter { now - $0.value < interval }
      writes[uid] = now
    }
  }
}
