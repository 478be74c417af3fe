import CRDTypes
import Threads

/// Resources with the status that this process wrote last, for as long as its caches may be behind: a plan from an older
/// status would take back what the last one decided.
///
/// Resource versions of a kind are compared as numbers, as API servers write them (KEP-5504).
final class LatestWrites: Sendable {
  private let written = Locked<[ObjectReference: DynamicObject]>([:])
  /// Those of resources that are gone stay until there are so many.
  private static let limit = 1000

  func note(_ object: DynamicObject, _ type: ResourceType) {
    written.withLock { written in
      if written.count >= Self.limit { written.removeAll() }
      written[ObjectReference(type, object.key)] = object
    }
  }

  /// The newer one of what a cache has and what was written.
  func newest(of cached: DynamicObject, _ type: ResourceType) -> DynamicObject {
    written.withLock { written in
      let reference = ObjectReference(type, cached.key)
      guard let own = written[reference] else { return cached }
      if own.uid == cached.uid, let mine = UInt64(own.resourceVersion), let its = UInt64(cached.resourceVersion),
        mine > its
      {
        return own
      }
      written[reference] = nil
      return cached
    }
  }
}
