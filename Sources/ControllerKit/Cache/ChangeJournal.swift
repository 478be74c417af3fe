public import CRDTypes

/// What changed in a cache since somebody last asked.
public struct CacheChanges: Sendable {
  public struct Entry: Sendable, Hashable {
    public let key: ObjectKey
    /// The controllers that the object had before or has now.
    public let controllers: [OwnerReference]
  }

  /// To ask with the next time.
  public let revision: UInt64
  /// One for each change, in their order; nil where that is not known any more, so that anything may have changed.
  public let entries: [Entry]?
}

/// The last changes of a cache, numbered. Who keeps something that follows from its objects reads those again that
/// have changed, and not thousands of which a few have.
struct ChangeJournal: Sendable {
  /// So many changes are kept at least, once there were as many.
  let capacity: Int
  private var entries: [CacheChanges.Entry] = []
  /// The number of the first of `entries`.
  private var first: UInt64 = 0

  init(capacity: Int = 1024) { self.capacity = capacity }

  mutating func note(_ key: ObjectKey, _ controllers: [OwnerReference]) {
    if entries.count >= 2 * capacity {
      entries.removeFirst(capacity)
      first += UInt64(capacity)
    }
    var distinct: [OwnerReference] = []
    for controller in controllers where !distinct.contains(where: { $0.uid == controller.uid }) {
      distinct.append(controller)
    }
    entries.append(CacheChanges.Entry(key: key, controllers: distinct))
  }

  func changes(since revision: UInt64?) -> CacheChanges {
    let end = first + UInt64(entries.count)
    guard let revision, revision >= first, revision <= end else { return CacheChanges(revision: end, entries: nil) }
    return CacheChanges(revision: end, entries: Array(entries.dropFirst(Int(revision - first))))
  }
}
