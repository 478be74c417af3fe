import CRDTypes
import JSON
import KubernetesAPI
import Observability

/// Watches every kind that the API server has, and deletes what has lost its owners.
actor GarbageCollector {
  private let client: KubernetesClient
  private let log: Logger
  private var graph = OwnerGraph()
  private var members: [ResourceType: Set<String>] = [:]
  private var following: Set<ResourceType> = []
  private let changes: AsyncStream<String>
  private let changed: AsyncStream<String>.Continuation
  static let manager = "generic-garbage-collector"

  init(client: KubernetesClient, log: Logger) {
    self.client = client
    self.log = log
    // One UID for each change of an object that exists; the consumer only computes and makes a call.
    (changes, changed) = AsyncStream.makeStream(bufferingPolicy: .unbounded)
  }

  /// Collects until cancelled. New kinds are found by looking every few seconds and whenever a CRD changes.
  func run() async {
    await withDiscardingTaskGroup { group in
      group.addTask { await self.work() }
      let (looks, look) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
      group.addTask {
        while !Task.isCancelled {
          look.yield()
          try? await Task.sleep(for: .seconds(5))
        }
        look.finish()
      }
      group.addTask { [client] in
        for await _ in client.watch(WatchRequest(.customResourceDefinition)) { look.yield() }
      }
      for await _ in looks {
        for type in await unfollowed() {
          following.insert(type)
          group.addTask { await self.follow(type) }
        }
      }
      changed.finish()
      group.cancelAll()
    }
  }

  private func unfollowed() async -> [ResourceType] {
    guard let groups = try? await client.discoverGroups() else { return [] }
    var out: [ResourceType] = []
    for group in groups {
      guard let resources = try? await client.discover(group.preferred) else { continue }
      out += resources.filter { Set($0.verbs).isSuperset(of: ["list", "watch", "delete"]) }.map(\.type)
    }
    return out.filter { !following.contains($0) && $0.kind != "Event" }
  }

  private func follow(_ type: ResourceType) async {
    var listed: [DynamicObject] = []
    for await event in client.watch(WatchRequest(type)) {
      switch event {
      case .restarted: listed = []
      case .initial(let object): listed.append(object)
      case .synced:
        replace(type, with: listed)
        listed = []
      case .applied(let object): see(type, object)
      case .deleted(let object): lose(type, object.uid)
      }
    }
  }

  private func replace(_ type: ResourceType, with objects: [DynamicObject]) {
    let present = Set(objects.map(\.uid))
    for uid in members[type] ?? [] where !present.contains(uid) { lose(type, uid) }
    for object in objects { see(type, object) }
  }

  private func see(_ type: ResourceType, _ object: DynamicObject) {
    members[type, default: []].insert(object.uid)
    let before = graph.nodes[object.uid]?.owners ?? []
    graph.set(
      OwnerGraph.Node(
        reference: ObjectReference(type, object.key), uid: object.uid, owners: object.ownerReferences,
        finalizers: object.finalizers, isDeleting: object.isDeleting, resourceVersion: object.resourceVersion))
    changed.yield(object.uid)
    // An owner that waits for its dependents may now have none.
    for owner in before where !object.ownerReferences.contains(where: { $0.uid == owner.uid }) {
      changed.yield(owner.uid)
    }
  }

  private func lose(_ type: ResourceType, _ uid: String) {
    members[type]?.remove(uid)
    let owners = graph.nodes[uid]?.owners ?? []
    graph.remove(uid)
    changed.yield(uid)
    for owner in owners { changed.yield(owner.uid) }
  }

  private func work() async {
    for await uid in changes {
      for action in graph.actions(for: uid) {
        do {
          try await perform(action)
        } catch let error as APIError where error.isNotFound || error.isConflict || error.isInvalid {
          // What was seen is out of date; the watch tells the rest.
        } catch is CancellationError {
          return
        } catch {
          log.error("Could not collect garbage", ["error": .string(String(describing: error))])
          try? await Task.sleep(for: .milliseconds(200))
          changed.yield(uid)
        }
      }
    }
  }

  private func perform(_ action: OwnerGraph.Action) async throws {
    switch action {
    case .collect(let node):
      // An object that was already asked to go in a certain way goes in that way.
      let propagation: DeleteOptions.Propagation =
        node.finalizers.contains(OwnerGraph.orphan)
        ? .orphan : node.finalizers.contains(OwnerGraph.foreground) ? .foreground : .background
      try await client.delete(
        node.reference.type, node.reference.key, options: DeleteOptions(propagation: propagation, uid: node.uid))
    case .collectForeground(let node):
      try await client.delete(
        node.reference.type, node.reference.key, options: DeleteOptions(propagation: .foreground, uid: node.uid))
    case .disown(let node, let owners):
      let rest = node.owners.filter { !owners.contains($0.uid) }
      var object = DynamicObject(node.reference.type, node.reference.key)
      object.ownerReferences = rest
      let patch: JSONValue = [
        "metadata": [
          "uid": .string(node.uid), "resourceVersion": .string(node.resourceVersion),
          "ownerReferences": rest.isEmpty ? .null : object.metadata["ownerReferences"] ?? .null,
        ]
      ]
      try await client.patch(node.reference.type, node.reference.key, .merge(patch), fieldManager: Self.manager)
    case .release(let node, let finalizer):
      let rest = node.finalizers.filter { $0 != finalizer }
      let patch: JSONValue = [
        "metadata": [
          "uid": .string(node.uid), "resourceVersion": .string(node.resourceVersion),
          "finalizers": rest.isEmpty ? .null : JSONValue(rest),
        ]
      ]
      try await client.patch(node.reference.type, node.reference.key, .merge(patch), fieldManager: Self.manager)
    case .verify(let node, let owner):
      try await verify(node, owner)
    }
  }

  /// An owner that no watch has shown may be new, of a kind that is not followed yet, or not there at all.
  private func verify(_ node: OwnerGraph.Node, _ owner: OwnerReference) async throws {
    guard let type = following.first(where: { $0.apiVersion == owner.apiVersion && $0.kind == owner.kind }) else {
      return  // an unknown kind: nothing is known to be gone
    }
    let key = ObjectKey(namespace: type.namespaced ? node.reference.key.namespace : nil, name: owner.name)
    let found = try await client.find(type, key)
    if found?.uid == owner.uid, let found {
      see(type, found)
    } else {
      graph.markAbsent(owner.uid)
      changed.yield(node.uid)
    }
  }
}
