import CRDTypes
import JSON
import KubernetesAPI
import Observability
import Testing
import Threads

@testable import ControllerKit

@Suite(.timeLimit(.minutes(1))) struct InformerTests {
  @Test("Readers see the old list until the new one is complete, then exactly the new one")
  func swap() {
    var store = ObjectStore()
    _ = store.apply(.restarted, scope: nil)
    _ = store.apply(.initial(object(.job, "x")), scope: nil)
    _ = store.apply(.initial(object(.job, "y")), scope: nil)
    #expect(store.objects.isEmpty)
    #expect(store.apply(.synced(resourceVersion: "1"), scope: nil).map(\.key.name) == ["x", "y"])
    _ = store.apply(.restarted, scope: nil)
    _ = store.apply(.initial(object(.job, "y", version: 5)), scope: nil)
    _ = store.apply(.initial(object(.job, "z", version: 6)), scope: nil)
    #expect(store.objects.count == 2)
    #expect(store.objects[key("y")]?.resourceVersion == "1")
    let changes = store.apply(.synced(resourceVersion: "6"), scope: nil)
    #expect(changes.map(\.key.name) == ["x", "y", "z"])
    #expect(changes.map { $0.old != nil } == [true, true, false])
    #expect(changes.map { $0.new != nil } == [false, true, true])
    #expect(store.objects.keys.sorted() == [key("y"), key("z")])
  }

  @Test("A list that is begun again drops the unfinished one, and what it repeats is no change")
  func repeated() {
    var store = ObjectStore()
    _ = store.apply(.restarted, scope: nil)
    _ = store.apply(.initial(object(.job, "half")), scope: nil)
    _ = store.apply(.restarted, scope: nil)
    _ = store.apply(.initial(object(.job, "x")), scope: nil)
    #expect(store.apply(.synced(resourceVersion: "1"), scope: nil).map(\.key.name) == ["x"])
    _ = store.apply(.restarted, scope: nil)
    _ = store.apply(.initial(object(.job, "x")), scope: nil)
    #expect(store.apply(.synced(resourceVersion: "2"), scope: nil).isEmpty)
    #expect(store.apply(.applied(object(.job, "x")), scope: nil).isEmpty)
    #expect(store.apply(.applied(object(.job, "x", version: 2)), scope: nil).count == 1)
  }

  @Test("Changes between a restart and the end of its list go into the new copy")
  func duringList() {
    var store = ObjectStore()
    _ = store.apply(.restarted, scope: nil)
    _ = store.apply(.initial(object(.job, "x")), scope: nil)
    _ = store.apply(.initial(object(.job, "y")), scope: nil)
    _ = store.apply(.applied(object(.job, "x", version: 2)), scope: nil)
    _ = store.apply(.deleted(object(.job, "y", version: 3)), scope: nil)
    _ = store.apply(.synced(resourceVersion: "3"), scope: nil)
    #expect(store.objects.values.map(\.resourceVersion) == ["2"])
  }

  @Test("An object that was deleted and made again under its name is a change even at the same version")
  func recreated() {
    var store = ObjectStore()
    _ = store.apply(.applied(object(.job, "x", uid: "one")), scope: nil)
    #expect(store.apply(.applied(object(.job, "x", uid: "two")), scope: nil).count == 1)
    #expect(store.objects[key("x")]?.uid == "two")
  }

  @Test("Each namespace's list replaces only its own objects")
  func scopes() {
    var store = ObjectStore()
    for scope in ["a", "b"] {
      _ = store.apply(.restarted, scope: scope)
      _ = store.apply(.initial(object(.job, "x", in: scope)), scope: scope)
      _ = store.apply(.synced(resourceVersion: "1"), scope: scope)
    }
    _ = store.apply(.restarted, scope: "a")
    #expect(store.apply(.synced(resourceVersion: "2"), scope: "a").map(\.key.namespace) == ["a"])
    #expect(store.objects.keys.map(\.namespace) == ["b"])
  }

  @Test("Indexes follow every change, also across lists, against a search through all objects", arguments: 0..<40)
  func indexes(seed: Int) {
    var random = SeededGenerator(seed: seed)
    var store = ObjectStore(indexes: [.label("team")])
    var version = 1
    func draw() -> DynamicObject {
      version += 1
      let name = "n\(Int.random(in: 0..<6, using: &random))"
      let team = ["red", "blue", nil].randomElement(using: &random) ?? nil
      return object(.job, name, version: version).labelled(team.map { ["team": $0] } ?? [:])
        .controlled(by: .widget, "w\(Int.random(in: 0..<3, using: &random))")
    }
    var listing = false
    for _ in 0..<300 {
      switch Int.random(in: 0..<8, using: &random) {
      case 0:
        _ = store.apply(.restarted, scope: nil)
        listing = true
      case 1 where listing:
        _ = store.apply(.synced(resourceVersion: "x"), scope: nil)
        listing = false
      case 2 where listing, 3 where listing: _ = store.apply(.initial(draw()), scope: nil)
      case 4: _ = store.apply(.deleted(draw()), scope: nil)
      default: _ = store.apply(.applied(draw()), scope: nil)
      }
      let all = store.objects.values.sorted { $0.key < $1.key }
      for team in ["red", "blue"] {
        #expect(store.objects(by: "label:team", team) == all.filter { $0.labels["team"] == team })
      }
      for owner in ["widgets-w0", "widgets-w1", "widgets-w2"] {
        #expect(store.objects(by: "owner", owner) == all.filter { $0.ownerReferences.contains { $0.uid == owner } })
      }
    }
  }

  @Test("The cache leaves out managed fields and whatever else it was told to")
  func transform() {
    var full = object(.job, "x")
    full.json[path: "metadata", "managedFields"] = [["manager": "x"]]
    full.spec = ["template": ["spec": ["containers": [["name": "c"]]]], "suspend": false]
    let kept = ObjectTransform(dropping: [["spec", "template"]], also: { $0.labels = ["seen": "yes"] })(full)
    #expect(kept.metadata["managedFields"] == nil)
    #expect(kept.spec == ["suspend": false])
    #expect(kept.labels == ["seen": "yes"])
    #expect(kept.uid == full.uid)
  }

  @Test("Two subscribers each see every change in order, and a late one begins with what is there")
  func subscribers() async {
    let source = ScriptedSource([.job])
    let informer = Informer(.job)
    let first = Locked<[String]>([])
    let second = Locked<[String]>([])
    @Sendable func line(_ change: Informer.Change) -> String {
      "\(change.key.name) \(change.old?.resourceVersion ?? "-")>\(change.new?.resourceVersion ?? "-")"
    }
    informer.subscribe { change in first.withLock { $0.append(line(change)) } }
    informer.subscribe { change in second.withLock { $0.append(line(change)) } }
    #expect(!informer.hasSynced)
    await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await informer.run(from: source) }
      source.send(.job, .restarted, .initial(object(.job, "x")), .synced(resourceVersion: "1"))
      await informer.waitForSync()
      #expect(informer.object(key("x")) != nil)
      source.send(
        .job, .applied(object(.job, "y", version: 2)), .applied(object(.job, "x", version: 3)),
        .deleted(object(.job, "y", version: 4)))
      await eventually { first.withLock { $0.count == 4 } && second.withLock { $0.count == 4 } }
      group.cancelAll()
    }
    #expect(first.withLock { $0 } == ["x ->1", "y ->2", "x 1>3", "y 2>-"])
    #expect(second.withLock { $0 } == first.withLock { $0 })
    let late = Locked<[String]>([])
    informer.subscribe { change in late.withLock { $0.append(line(change)) } }
    #expect(late.withLock { $0 } == ["x ->3"])
    #expect(informer.objects(namespace: "b").isEmpty)
    #expect(informer.objects(namespace: "a").map(\.name) == ["x"])
  }

  @Test("An informer of several namespaces has synced when all of them have")
  func several() {
    let informer = Informer(.job, namespaces: ["b", "a", "b"])
    #expect(informer.requests.map(\.namespace) == ["a", "b"])
    #expect(Informer(.node, namespaces: ["a"]).requests.map(\.namespace) == [nil])
  }
}
