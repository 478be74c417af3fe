import CRDTypes

/// Who owns whom in the cluster, and what has to go because of it. Pure.
///
/// The rules are those of Kubernetes' garbage collector: an object whose owners are all gone goes too; an owner that
/// is deleted in the foreground waits for the dependents that block it; one that is deleted as an orphaner first
/// lets go of its dependents.
struct OwnerGraph: Sendable {
  struct Node: Sendable, Hashable {
    var reference: ObjectReference
    var uid: String
    var owners: [OwnerReference]
    var finalizers: [String]
    var isDeleting: Bool
    /// A change is made only to what was seen: lists are written whole.
    var resourceVersion = ""

    var waitsForDependents: Bool { isDeleting && finalizers.contains(OwnerGraph.foreground) }
  }

  enum Action: Sendable, Hashable {
    /// Deletes an object whose owners are gone.
    case collect(Node)
    /// Deletes a dependent of an owner that is deleted in the foreground.
    case collectForeground(Node)
    /// Takes owners off a dependent that stays.
    case disown(Node, owners: [String])
    /// Takes the collector's own finalizer off an owner.
    case release(Node, finalizer: String)
    /// Asks the API server whether an owner that the graph does not know exists.
    case verify(Node, OwnerReference)
  }

  static let foreground = "foregroundDeletion"
  static let orphan = "orphan"

  private(set) var nodes: [String: Node] = [:]
  private var dependents: [String: Set<String>] = [:]
  /// Owners that were looked for and do not exist.
  private var absent: Set<String> = []

  mutating func set(_ node: Node) {
    for owner in node.owners { dependents[owner.uid, default: []].insert(node.uid) }
    remove(links: node.uid, but: Set(node.owners.map(\.uid)))
    nodes[node.uid] = node
    absent.remove(node.uid)
  }

  mutating func remove(_ uid: String) {
    remove(links: uid)
    nodes[uid] = nil
    markAbsent(uid)
  }

  /// Notes that an owner does not exist, for as long as something names it.
  mutating func markAbsent(_ uid: String) {
    if dependents[uid] != nil { absent.insert(uid) }
  }

  private mutating func remove(links uid: String, but kept: Set<String> = []) {
    for owner in nodes[uid]?.owners ?? [] where !kept.contains(owner.uid) {
      dependents[owner.uid]?.remove(uid)
      if dependents[owner.uid]?.isEmpty == true {
        dependents[owner.uid] = nil
        absent.remove(owner.uid)
      }
    }
  }

  func dependents(of uid: String) -> [Node] { (dependents[uid] ?? []).sorted().compactMap { nodes[$0] } }

  /// What a change of an object calls for: for itself and for those that depend on it.
  func actions(for uid: String) -> [Action] {
    var out: [Action] = []
    if let node = nodes[uid] {
      out += ownActions(node)
      for owner in node.owners where nodes[owner.uid]?.isDeleting == true { out += actions(ofOwner: owner.uid) }
    } else {
      for dependent in dependents(of: uid) { out += ownActions(dependent) }
    }
    if nodes[uid]?.isDeleting == true { out += actions(ofOwner: uid) }
    var seen: Set<Action> = []
    return out.filter { seen.insert($0).inserted }
  }

  /// What becomes of an object by its owners (`attemptToDeleteItem` of Kubernetes' garbage collector): one owner that
  /// stays keeps it, and only the owners that go are taken off it.
  private func ownActions(_ node: Node) -> [Action] {
    guard !node.owners.isEmpty, !node.isDeleting else { return [] }
    let unknown = node.owners.filter { nodes[$0.uid] == nil && !absent.contains($0.uid) }
    if !unknown.isEmpty { return unknown.map { .verify(node, $0) } }
    var staying = 0
    var going: [String] = []
    var isAwaited = false
    for owner in node.owners {
      guard let found = self.owner(owner, of: node) else {
        going.append(owner.uid)
        continue
      }
      if found.waitsForDependents {
        isAwaited = true
        going.append(owner.uid)
      } else {
        staying += 1
      }
    }
    if staying > 0 { return going.isEmpty ? [] : [.disown(node, owners: going)] }
    return [isAwaited && !dependents(of: node.uid).isEmpty ? .collectForeground(node) : .collect(node)]
  }

  /// An owner that exists. One in another namespace is not the owner that a reference means.
  private func owner(_ reference: OwnerReference, of node: Node) -> Node? {
    guard let owner = nodes[reference.uid] else { return nil }
    let namespace = owner.reference.key.namespace
    return namespace == nil || namespace == node.reference.key.namespace ? owner : nil
  }

  private func actions(ofOwner uid: String) -> [Action] {
    guard let owner = nodes[uid] else { return [] }
    let held = dependents(of: uid)
    if owner.finalizers.contains(Self.orphan) {
      if held.isEmpty { return [.release(owner, finalizer: Self.orphan)] }
      return held.map { .disown($0, owners: [uid]) }
    }
    guard owner.finalizers.contains(Self.foreground) else { return [] }
    let blocking = held.filter { node in
      node.owners.contains { $0.uid == uid && $0.blockOwnerDeletion == true }
    }
    if blocking.isEmpty { return [.release(owner, finalizer: Self.foreground)] }
    return blocking.flatMap { ownActions($0) }
  }
}
