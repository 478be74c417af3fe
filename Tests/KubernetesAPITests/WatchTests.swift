import CRDTypes
import JSON
import Testing

@testable import KubernetesAPI

@Suite("A watch, over the wire")
struct WatchTests {
  static let base = "/api/v1/namespaces/ns/configmaps?watch=true&allowWatchBookmarks=true&timeoutSeconds=290"
  static let streaming = "\(base)&sendInitialEvents=true&resourceVersionMatch=NotOlderThan"
  static func from(_ version: String) -> String { "\(base)&resourceVersion=\(version)" }

  /// The first events of a watch, as words.
  func events(_ count: Int, _ client: KubernetesClient, _ notes: Notes) async -> [String] {
    var out: [String] = []
    for await event in client.watch(WatchRequest(.configMap, namespace: "ns"), onTrouble: { notes.note($0) }) {
      switch event {
      case .restarted: out.append("restarted")
      case .initial(let object): out.append("initial \(object.name)")
      case .synced(let version): out.append("synced \(version)")
      case .applied(let object): out.append("applied \(object.name)@\(object.resourceVersion)")
      case .deleted(let object): out.append("deleted \(object.name)")
      }
      if out.count == count { break }
    }
    return out
  }

  @Test("goes on across ends, cuts and expired versions without losing or repeating anything")
  func endurance() async throws {
    let large = String(repeating: "x", count: 300_000)
    var big = JSONValue.configMap("big", version: "4")
    big["data"] = ["x": .string(large)]
    let bigLine = line("ADDED", big)
    let middle = bigLine.index(bigLine.startIndex, offsetBy: 100_000)
    try await withClient([
      expect(
        "GET", Self.streaming,
        .stream(
          [
            line("ADDED", .configMap("a", version: "1")), initialEnd("2"), line("ADDED", .configMap("b", version: "3")),
          ], then: .finished)),
      expect(
        "GET", Self.from("3"), .stream([String(bigLine[..<middle]), String(bigLine[middle...])], then: .finished)),
      expect(
        "GET", Self.from("4"),
        .stream([bookmark("7"), String(line("MODIFIED", .configMap("b", version: "8")).dropLast(9))], then: .cut)),
      expect("GET", Self.from("7"), .stream([line("MODIFIED", .configMap("b", version: "8"))], then: .finished)),
      expect(
        "GET", Self.from("8"),
        .stream([line("ERROR", .status(410, "Expired", "too old resource version"))], then: .finished)),
      expect(
        "GET", Self.streaming,
        .stream(
          [
            line("ADDED", .configMap("c", version: "20")), initialEnd("21"),
            line("DELETED", .configMap("c", version: "22")),
          ], then: .held)),
    ]) { client, notes, _ in
      let seen = await events(10, client, notes)
      #expect(
        seen == [
          "restarted", "initial a", "synced 2", "applied b@3", "applied big@4", "applied b@8", "restarted", "initial c",
          "synced 21", "deleted c",
        ])
      #expect(notes.allPauses() == [.milliseconds(800)])
      #expect(notes.allTroubles().count == 2)
    }
  }

  @Test("lists in pages where the server does not stream, and after a 410 that is an answer")
  func listing() async throws {
    let first = "/api/v1/namespaces/ns/configmaps?limit=500"
    try await withClient([
      expect(
        "GET", Self.streaming, .reply(422, JSONValue.status(422, "Invalid", "sendInitialEvents is forbidden").text())),
      expect("GET", first, .reply(200, list([.configMap("a")], version: "5", next: "t"))),
      expect("GET", "\(first)&continue=t", .reply(200, list([.configMap("b")], version: "5"))),
      expect("GET", Self.from("5"), .reply(410, JSONValue.status(410, "Gone", "gone").text())),
      expect("GET", first, .reply(200, list([.configMap("b")], version: "9"))),
      expect("GET", Self.from("9"), .stream([line("MODIFIED", .configMap("b", version: "10"))], then: .held)),
    ]) { client, notes, _ in
      let seen = await events(8, client, notes)
      #expect(
        seen == [
          "restarted", "initial a", "initial b", "synced 5", "restarted", "initial b", "synced 9", "applied b@10",
        ])
    }
  }

  @Test("keeps asking where it is forbidden, and says so")
  func forbidden() async throws {
    let refusal = ScriptedServer.Answer.reply(403, JSONValue.status(403, "Forbidden", "cannot watch configmaps").text())
    try await withClient([
      expect("GET", Self.streaming, refusal), expect("GET", Self.streaming, refusal),
      expect("GET", Self.streaming, .stream([initialEnd("1")], then: .held)),
    ]) { client, notes, _ in
      #expect(await events(2, client, notes) == ["restarted", "synced 1"])
      #expect(notes.allPauses() == [.milliseconds(800), .milliseconds(1600)])
      #expect(notes.allTroubles().first?.description.contains("cannot watch configmaps") == true)
    }
  }

  @Test("takes a line that is no event for a broken stream")
  func malformed() async throws {
    try await withClient([
      expect("GET", Self.streaming, .stream([initialEnd("1"), "not json\n"], then: .held)),
      expect("GET", Self.from("1"), .stream([line("ADDED", .configMap("a", version: "2"))], then: .held)),
    ]) { client, notes, _ in
      #expect(await events(3, client, notes) == ["restarted", "synced 1", "applied a@2"])
      #expect(notes.allTroubles().first?.description.hasPrefix("not a watch event: ") == true)
    }
  }

  @Test("ends when its task is cancelled, even while nothing comes")
  func cancellation() async throws {
    try await withClient([expect("GET", Self.streaming, .stream([initialEnd("1")], then: .held))]) { client, _, _ in
      let (signal, synced) = AsyncStream<Void>.makeStream()
      await withTaskGroup(of: Void.self) { group in
        group.addTask {
          for await event in client.watch(WatchRequest(.configMap, namespace: "ns")) {
            if case .synced = event { synced.yield() }
          }
        }
        for await _ in signal { break }
        group.cancelAll()
        await group.waitForAll()
      }
    }
  }
}
