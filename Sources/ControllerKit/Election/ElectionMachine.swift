import CRDTypes
import FoundationEssentials

/// The decisions of leader election, from what was read of the lease and the local monotonic clock. Pure.
///
/// A candidate never compares its clock with another's: a lease has expired when the candidate itself has seen it
/// unchanged for its duration (client-go's leaderelection does the same). A leader counts its time from before it
/// sent its last successful renewal, so the others always begin to count later than it.
struct ElectionMachine: Sendable {
  enum Decision: Sendable, Hashable {
    /// Write this; if the write succeeds, this candidate leads.
    case write(LeaseRecord)
    /// Another leads.
    case wait(leader: String)
    /// This candidate led, and another holds the lease now.
    case lost(leader: String)
  }

  let identity: String
  let timing: LeaseTiming
  private var observed: LeaseRecord?
  private var observedAt: Duration = .zero
  /// When the last successful write was begun; nil while not leading.
  private(set) var renewedAt: Duration?

  init(identity: String, timing: LeaseTiming) {
    self.identity = identity
    self.timing = timing
  }

  var leader: String? { observed?.holder }

  /// Decides after the lease was read: nil where there is none.
  mutating func decide(_ read: LeaseRecord?, at now: Duration, date: Date) -> Decision {
    observe(read, at: now)
    let time = Timestamp.microText(date)
    guard let read else {
      return .write(
        LeaseRecord(
          holder: identity, duration: timing.duration, acquireTime: time, renewTime: time, transitions: 0))
    }
    var next = read
    next.duration = timing.duration
    next.renewTime = time
    if read.holder == identity {
      // Also after a restart under the same identity, as client-go does.
      return .write(next)
    }
    if renewedAt != nil {
      renewedAt = nil
      return .lost(leader: read.holder)
    }
    if !read.holder.isEmpty, now < observedAt + max(read.duration, .seconds(1)) { return .wait(leader: read.holder) }
    next.holder = identity
    next.acquireTime = time
    next.transitions += 1
    return .write(next)
  }

  /// The write that `decide` asked for, begun at `start`, succeeded.
  mutating func wrote(_ record: LeaseRecord, begunAt start: Duration) {
    observed = record
    observedAt = start
    renewedAt = start
  }

  /// Until when this candidate may act as the leader; nil while it does not lead.
  var mayActUntil: Duration? { renewedAt.map { $0 + timing.renewDeadline } }

  /// What to write to hand the lease over at once; nil while not leading.
  mutating func release(date: Date) -> LeaseRecord? {
    guard renewedAt != nil, var record = observed else { return nil }
    renewedAt = nil
    record.holder = ""
    // What client-go writes: whoever does not know about empty holders need wait no longer than this.
    record.duration = .seconds(1)
    record.renewTime = Timestamp.microText(date)
    record.acquireTime = record.renewTime
    return record
  }

  private mutating func observe(_ read: LeaseRecord?, at now: Duration) {
    guard read != observed else { return }
    observed = read
    observedAt = now
  }
}
