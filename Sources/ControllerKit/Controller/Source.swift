public import CRDTypes

/// Where a controller's keys come from.
public struct Source: Sendable {
  /// The caches that this source follows, which must have synced before the controller starts.
  let informers: [Informer]
  /// Follows caches for as long as they run.
  let attach: @Sendable (_ enqueue: @escaping @Sendable (ObjectKey) -> Void) -> Void
  /// Produces keys while the controller works, if the source is more than a cache.
  let run: (@Sendable (_ enqueue: @escaping @Sendable (ObjectKey) -> Void) async throws -> Void)?

  /// The objects of the controller's own kind, each as its own key.
  ///
  /// - Parameter when: which changes count; by default those that are more than a new status.
  public static func primary(
    _ informer: Informer, when: @escaping @Sendable (Informer.Change) -> Bool = { $0.isMoreThanStatus }
  ) -> Source {
    mapped(informer) { change in when(change) ? [change.key] : [] }
  }

  /// Objects that the controller's kind controls: each as the key of its controller owner.
  public static func owned(_ informer: Informer, by owner: ResourceType) -> Source {
    mapped(informer) { change in change.controllers(of: owner) }
  }

  /// Any objects, with a function from a change to the keys that it concerns. It is called for each change, by the
  /// task that runs the informer, and may read caches and their indexes.
  public static func mapped(
    _ informer: Informer, to keys: @escaping @Sendable (Informer.Change) -> [ObjectKey]
  ) -> Source {
    Source(
      informers: [informer],
      attach: { enqueue in
        informer.subscribe { change in
          for key in keys(change) { enqueue(key) }
        }
      },
      run: nil)
  }

  /// Objects that the controller's kind refers to: each change as the keys of the objects that an index of the
  /// primary informer has under the referred object's key.
  public static func referenced(_ informer: Informer, from primary: Informer, index: String) -> Source {
    mapped(informer) { change in
      primary.objects(by: index, ObjectIndex.value(of: change.key)).map(\.key)
    }
  }

  /// Keys from outside the cluster, such as a query that is run every few seconds. `body` runs while this process
  /// leads, and is cancelled when the controller stops.
  public static func external(
    _ body: @escaping @Sendable (_ enqueue: @escaping @Sendable (ObjectKey) -> Void) async throws -> Void
  ) -> Source {
    Source(informers: [], attach: { _ in }, run: body)
  }
}

extension Informer.Change {
  /// Whether anything but the status (and what the server keeps about it) changed: the spec, seen by its generation,
  /// deletion, labels, annotations, finalizers, or owners. Additions and removals count.
  public var isMoreThanStatus: Bool {
    guard let old, let new else { return true }
    return old.generation != new.generation || old.deletionTimestamp != new.deletionTimestamp || old.uid != new.uid
      || old.labels != new.labels || old.annotations != new.annotations || old.finalizers != new.finalizers
      || old.ownerReferences != new.ownerReferences
      // Kinds without a status subresource have no generation.
      || (new.generation == 0 && old.spec != new.spec)
  }

  /// The keys of the objects of a kind that control, or controlled, the changed object.
  public func controllers(of type: ResourceType) -> [ObjectKey] {
    var keys: [ObjectKey] = []
    for object in [old, new] {
      guard let object, let owner = object.controllerReference, owner.kind == type.kind,
        Self.group(owner.apiVersion) == type.group
      else { continue }
      let key = ObjectKey(namespace: type.namespaced ? object.namespace : nil, name: owner.name)
      if !keys.contains(key) { keys.append(key) }
    }
    return keys
  }

  private static func group(_ apiVersion: String) -> String {
    apiVersion.firstIndex(of: "/").map { String(apiVersion[..<$0]) } ?? ""
  }
}
