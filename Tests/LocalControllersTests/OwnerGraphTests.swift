import CRDTypes
import JSON
import Testing

@testable import LocalControllers

@Suite struct OwnerGraphTests {
  private func node(
    _ uid: String, owners: [String] = [], blocking: Bool = true, finalizers: [String] = [], deleting: Bool = false,
    namespace: String = "n"
  ) -> OwnerGraph.Node {
    OwnerGraph.Node(
      reference: ObjectReference(.pod, ObjectKey(namespace: namespace, name: uid)), uid: uid,
      owners: owners.map {
        OwnerReference(apiVersion: "v1", kind: "Pod", name: $0, uid: $0, controller: nil, blockOwnerDeletion: blocking)
      }, finalizers: finalizers, isDeleting: deleting)
  }

  private func graph(_ nodes: OwnerGraph.Node...) -> OwnerGraph {
    var graph = OwnerGraph()
    for node in nodes { graph.set(node) }
    return graph
  }

  @Test("An object whose only owner is gone goes too, and one whose owner is there stays")
  func background() {
    let child = node("child", owners: ["owner"])
    var graph = graph(node("owner"), child)
    #expect(graph.actions(for: "child").isEmpty)
    graph.remove("owner")
    #expect(graph.actions(for: "owner") == [.collect(child)])
    #expect(graph.actions(for: "child") == [.collect(child)])
  }

  @Test("An owner that was never seen is asked for before anything is deleted")
  func unknown() {
    let child = node("child", owners: ["owner"])
    var graph = graph(child)
    #expect(graph.actions(for: "child") == [.verify(child, child.owners[0])])
    graph.markAbsent("owner")
    #expect(graph.actions(for: "child") == [.collect(child)])
    graph.set(node("owner"))
    #expect(graph.actions(for: "child").isEmpty)
  }

  @Test("With several owners an object stays while one does, and lets go of all that are gone at once")
  func several() {
    let child = node("child", owners: ["a", "b", "c"])
    var graph = graph(node("a"), node("b"), node("c"), child)
    graph.remove("a")
    graph.remove("b")
    #expect(graph.actions(for: "b") == [.disown(child, owners: ["a", "b"])])
    graph.remove("c")
    #expect(graph.actions(for: "c") == [.collect(child)])
  }

  @Test("A foreground deletion deletes what blocks it, children of children too, and ends when that is gone")
  func foreground() {
    let owner = node("owner", finalizers: [OwnerGraph.foreground], deleting: true)
    let leaf = node("leaf", owners: ["owner"])
    let branch = node("branch", owners: ["owner"])
    var graph = graph(owner, leaf, branch, node("twig", owners: ["branch"]))
    #expect(Set(graph.actions(for: "owner")) == [.collect(leaf), .collectForeground(branch)])
    graph.set(node("leaf", owners: ["owner"], deleting: true))
    graph.remove("branch")
    #expect(graph.actions(for: "owner").isEmpty)
    graph.remove("leaf")
    #expect(graph.actions(for: "owner") == [.release(owner, finalizer: OwnerGraph.foreground)])
  }

  @Test("A foreground deletion spares an object that another owner keeps")
  func shared() {
    let owner = node("owner", finalizers: [OwnerGraph.foreground], deleting: true)
    let child = node("child", owners: ["owner", "other"])
    let graph = graph(owner, node("other"), child)
    #expect(graph.actions(for: "owner") == [.disown(child, owners: ["owner"])])
  }

  @Test("What does not block a foreground deletion is not waited for")
  func nonBlocking() {
    let owner = node("owner", finalizers: [OwnerGraph.foreground], deleting: true)
    let graph = graph(owner, node("child", owners: ["owner"], blocking: false))
    #expect(graph.actions(for: "owner") == [.release(owner, finalizer: OwnerGraph.foreground)])
  }

  @Test("An orphaning deletion lets go of every dependent, then of the owner")
  func orphan() {
    let owner = node("owner", finalizers: [OwnerGraph.orphan], deleting: true)
    let child = node("child", owners: ["owner"])
    var graph = graph(owner, child)
    #expect(graph.actions(for: "owner") == [.disown(child, owners: ["owner"])])
    graph.set(node("child"))
    #expect(graph.actions(for: "owner") == [.release(owner, finalizer: OwnerGraph.orphan)])
  }

  @Test("An owner in another namespace is no owner, and one without a namespace is one everywhere")
  func namespaces() {
    let child = node("child", owners: ["owner"])
    #expect(graph(node("owner", namespace: "other"), child).actions(for: "child") == [.collect(child)])
    var cluster = node("owner")
    cluster.reference = ObjectReference(.node, ObjectKey(namespace: nil, name: "owner"))
    #expect(graph(cluster, child).actions(for: "child").isEmpty)
  }

  @Test("In random worlds everything without a living root goes, everything else stays, and then there is rest")
  func worlds() {
    for seed in 0..<200 {
      var dice = Dice(seed: UInt64(seed))
      var graph = OwnerGraph()
      var objects: [OwnerGraph.Node] = []
      for index in 0..<12 {
        let owners = (0..<index).filter { _ in dice.chance(15) }.map { "o\($0)" }
        objects.append(node("o\(index)", owners: owners))
      }
      for object in objects.shuffled(using: &dice) { graph.set(object) }
      let roots = objects.filter(\.owners.isEmpty).map(\.uid)
      let removed = Set(roots.filter { _ in dice.chance(40) })
      var living = Set(roots).subtracting(removed)
      for object in objects where object.owners.contains(where: { living.contains($0.uid) }) { living.insert(object.uid) }
      var work = removed.sorted()
      for uid in removed { graph.remove(uid) }
      var steps = 0
      while let uid = work.popLast(), steps < 5000 {
        steps += 1
        for action in graph.actions(for: uid) {
          switch action {
          case .collect(let gone), .collectForeground(let gone):
            graph.remove(gone.uid)
            work.append(gone.uid)
          case .disown(var kept, let owners):
            kept.owners.removeAll { owners.contains($0.uid) }
            graph.set(kept)
          case .verify(let node, let owner):
            graph.markAbsent(owner.uid)
            work.append(node.uid)
          case .release: break
          }
        }
      }
      #expect(Set(graph.nodes.keys) == living, "seed \(seed)")
      for uid in graph.nodes.keys { #expect(graph.actions(for: uid).isEmpty, "seed \(seed)") }
    }
  }
}
