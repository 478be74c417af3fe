import CRDTypes
import FoundationEssentials
import JSON
import Testing

@testable import LocalAPIServer

@Suite struct WatchTests {
  private let maps = APIFixture.configMaps

  /// What a watch that began at `version` saw until now.
  private func seen(_ api: inout APIFixture, _ query: String) -> [String] {
    (api.watch(maps + "?watch=1&" + query)?.initial ?? []).map { line in
      line.kind == .bookmark ? "BOOKMARK" : "\(line.kind.rawValue) \(line.object.name)"
    }
  }

  @Test("a watch continues after the version it knows")
  func continues() {
    var api = APIFixture()
    let start = api.send("POST", maps, APIFixture.configMap("a")).json.resourceVersion
    _ = api.send("POST", maps, APIFixture.configMap("b"))
    _ = api.send("PATCH", maps + "/b", ["data": ["k": "v"]], type: "application/merge-patch+json")
    _ = api.send("DELETE", maps + "/b")
    #expect(seen(&api, "resourceVersion=\(start)") == ["ADDED b", "MODIFIED b", "DELETED b"])
  }

  @Test("with a selector, objects come and go as they begin and cease to match")
  func transitions() {
    var api = APIFixture()
    let start = api.send("POST", maps, APIFixture.configMap("a")).json.resourceVersion
    let merge = "application/merge-patch+json"
    _ = api.send("PATCH", maps + "/a", ["metadata": ["labels": ["on": "1"]]], type: merge)
    _ = api.send("PATCH", maps + "/a", ["data": ["k": "v"]], type: merge)
    _ = api.send("PATCH", maps + "/a", ["metadata": ["labels": ["on": .null]]], type: merge)
    #expect(
      seen(&api, "resourceVersion=\(start)&labelSelector=on") == ["ADDED a", "MODIFIED a", "DELETED a"])
  }

  @Test("a streamed list ends with the bookmark that says so")
  func streamedList() throws {
    var api = APIFixture()
    _ = api.send("POST", maps, APIFixture.configMap("a"))
    let query = "sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true"
    #expect(seen(&api, query) == ["ADDED a", "ADDED kube-root-ca.crt", "BOOKMARK"])
    let last = try #require(api.watch(maps + "?watch=1&" + query)?.initial.last)
    #expect(last.object.annotations == ["k8s.io/initial-events-end": "true"])
  }

  @Test("a version that history no longer holds is answered with Expired")
  func expired() {
    var store = ObjectStore(historyLimit: 2)
    let resource = GroupResource(group: "", resource: "configmaps")
    for index in 0..<8 {
      _ = store.put(resource, ObjectKey(namespace: "n", name: "a\(index)"), APIFixture.configMap("a\(index)"))
    }
    #expect(store.events(resource, after: 1) == nil)
    #expect(store.events(resource, after: store.revision)?.isEmpty == true)
    #expect(store.events(resource, after: store.revision - 1)?.count == 1)
  }

  @Test("changes reach a watch in order, and a watch that ends is forgotten")
  func live() async {
    let host = ClusterHost(identity: ClusterIdentity()) { .init(timeIntervalSince1970: 1_800_000_000) }
    var request = APIRequest(method: "GET", path: maps, query: "watch=1&labelSelector=on")
    guard case .watch(let subscription) = await host.answer(request) else {
      Issue.record("the watch was refused")
      return
    }
    #expect(await host.watchCount == 1)
    request = APIRequest(method: "POST", path: maps)
    for name in ["a", "b"] {
      request.body = APIFixture.configMap(name, labels: ["on": "1"]).bytes()
      _ = await host.answer(request)
    }
    await host.unsubscribe(subscription.id)
    var names: [String] = []
    for await case .change(let event, let encoding) in subscription.signals {
      names.append(event.key.name)
      let watch = subscription.request
      let shared = WatchLine(event, filter: watch.filter, resource: watch.resource, encoding: encoding)
      let own = WatchLine(event, filter: watch.filter, resource: watch.resource)
      let now = Date(timeIntervalSince1970: 1_800_000_000)
      // The same text, whether or not it was made for several watches.
      #expect(shared?.bytes(watch, now: now) == own?.bytes(watch, now: now))
    }
    #expect(names == ["a", "b"])
    #expect(await host.watchCount == 0)
  }

  @Test("a list in pages gives every object once and counts what is left")
  func pages() throws {
    var api = APIFixture()
    for name in ["a", "b", "c"] { _ = api.send("POST", maps, APIFixture.configMap(name)) }
    let first = api.send("GET", maps + "?limit=2").json
    #expect(first["items"]?.array?.map(\.name) == ["a", "b"])
    #expect(first[path: "metadata", "remainingItemCount"] == 2)
    let token = try #require(first[path: "metadata", "continue"]?.string)
    let second = api.send("GET", maps + "?limit=2&continue=" + token.replacing("=", with: "%3D")).json
    #expect(second["items"]?.array?.map(\.name) == ["c", "kube-root-ca.crt"])
    #expect(second[path: "metadata", "continue"] == nil)
  }
}
