import CRDTypes
import Locking
import Observability

/// What a controller has made or deleted and its cache has not yet shown: until it has, counting from the cache
/// would make or delete twice (client-go's controller expectations).
final class Expectations: Sendable {
  private struct Pending: Sendable {
    var created: Set<String> = []
    var deleted: Set<String> = []
  }

  private let pending = Locked<[ObjectKey: Pending]>([:])

  func created(_ uid: String, for owner: ObjectKey) {
    pending.withLock { _ = $0[owner, default: Pending()].created.insert(uid) }
  }

  func deleted(_ uid: String, for owner: ObjectKey) {
    pending.withLock { _ = $0[owner, default: Pending()].deleted.insert(uid) }
  }

  /// Whether the cache shows all that was done for the owner. What it shows is forgotten.
  func areMet(for owner: ObjectKey, seen: [DynamicObject]) -> Bool {
    let uids = Set(seen.map(\.uid))
    let ending = Set(seen.filter(\.isDeleting).map(\.uid))
    return pending.withLock { pending in
      guard var entry = pending[owner] else { return true }
      entry.created.subtract(uids)
      entry.deleted = entry.deleted.filter { uids.contains($0) && !ending.contains($0) }
      let met = entry.created.isEmpty && entry.deleted.isEmpty
      pending[owner] = met ? nil : entry
      return met
    }
  }

  /// Forgets an owner that is gone, or whose expectations have waited too long.
  func forget(_ owner: ObjectKey) { pending.withLock { $0[owner] = nil } }
}
