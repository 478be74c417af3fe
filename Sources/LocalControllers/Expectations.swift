import CRDTypes
import Observability
import Threads

/// What a controller has made or deleted and its cache has not yet shown: until it has, counting from the cache
/// would make or delete twice (client-go's controller expectations).
final class Expectations: Sendable {
  private struct Pending: Sendable {
    var created: Set<String> = []
    var deleted: Set<String> = []
    /// When the last of it was done.
    var since = ContinuousClock.now
  }

  /// How long a cache may take to show what was done. A pod that came and went between two looks at the cache is never
  /// seen, and must not hold its owner for good.
  static let patience: Duration = .seconds(30)

  private let pending = Locked<[ObjectKey: Pending]>([:])

  func created(_ uid: String, for owner: ObjectKey) {
    pending.withLock { pending in
      pending[owner, default: Pending()].created.insert(uid)
      pending[owner]?.since = .now
    }
  }

  func deleted(_ uid: String, for owner: ObjectKey) {
    pending.withLock { pending in
      pending[owner, default: Pending()].deleted.insert(uid)
      pending[owner]?.since = .now
    }
  }

  /// Whether the cache shows all that was done for the owner. What it shows is forgotten.
  func areMet(for owner: ObjectKey, seen: [DynamicObject], at now: ContinuousClock.Instant = .now) -> Bool {
    let uids = Set(seen.map(\.uid))
    let ending = Set(seen.filter(\.isDeleting).map(\.uid))
    return pending.withLock { pending in
      guard var entry = pending[owner] else { return true }
      entry.created.subtract(uids)
      entry.deleted = entry.deleted.filter { uids.contains($0) && !ending.contains($0) }
      let met = (entry.created.isEmpty && entry.deleted.isEmpty) || now - entry.since > Self.patience
      pending[owner] = met ? nil : entry
      return met
    }
  }

  /// Forgets an owner that is gone, or whose expectations have waited too long.
  func forget(_ owner: ObjectKey) { pending.withLock { $0[owner] = nil } }
}
