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
  }

  enum Action: Sendable, Hashable {
    /// Deletes an object whose owners are gone.
    case collect(Node)
    /// Deletes a dependent of an owner that is deleted in the foreground.
    case collectForeground(Node)
    /// Takes an owner off a dependent that stays.
    case disown(Node, owner: String)
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
    remove(links: node.uid)
    nodes[node.uid] = node
    absent.remove(node.uid)
    for owner in node.owners { dependents[owner.uid, default: []].insert(node.uid) }
  }

  mutating func remove(_ uid: String) {
    remove(links: uid)
    nodes[uid] = nil
    absent.insert(uid)
  }

  mutating func markAbsent(_ uid: String) { absent.insert(uid) }

  private mutating func remove(links uid: String) {
    for owner in nodes[uid]?.owners ?? [] { dependents[owner.uid]?.remove(uid) }
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
    return out
  }

  private func ownActions(_ node: Node) -> [Action] {
    guard !node.owners.isEmpty, !node.isDeleting else { return [] }
    let unknown = node.owners.filter { nodes[$0.uid] == nil && !absent.contains($0.uid) }
    if !unknown.isEmpty { return unknown.map { .verify(node, $0) } }
    let gone = node.owners.filter { nodes[$0.uid] == nil }
    if gone.count == node.owners.count { return [.collect(node)] }
    // The others still want it; it no longer belongs to those that are gone.
    return gone.map { .disown(node, owner: $0.uid) }
  }

  private func actions(ofOwner uid: String) -> [Action] {
    guard let owner = nodes[uid] else { return [] }
    if owner.finalizers.contains(Self.orphan) {
      let held = dependents(of: uid)
      if held.isEmpty { return [.release(owner, finalizer: Self.orphan)] }
      return held.map { .disown($0, owner: uid) }
    }
    guard owner.finalizers.contains(Self.foreground) else { return [] }
    let held = dependents(of: uid)
    let blocking = held.filter { node in
      node.owners.contains { $0.uid == uid && $0.blockOwnerDeletion == true }
    }
    if blocking.isEmpty { return [.release(owner, finalizer: Self.foreground)] }
    return held.filter { !$0.isDeleting }.map { .collectForeground($0) }
  }
}
