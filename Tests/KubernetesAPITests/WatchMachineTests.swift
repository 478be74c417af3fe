import CRDTypes
import JSON
import Testing

@testable import KubernetesAPI
@testable import Transport

@Suite("The watch's state machine")
struct WatchMachineTests {
  typealias Input = WatchMachine.Input
  typealias Action = WatchMachine.Action

  struct Move: Sendable {
    let input: Input
    var events: [WatchEvent] = []
    let action: Action
  }

  struct Story: Sendable, CustomTestStringConvertible {
    let name: String
    var streams = true
    let moves: [Move]
    var testDescription: String { name }
  }

  static func object(_ name: String, _ version: String) -> DynamicObject {
    DynamicObject(JSONValue.configMap(name, version: version))
  }
  static let a1 = object("a", "1")
  static let a5 = object("a", "5")
  static let b2 = object("b", "2")
  static let gone = WatchTrouble.refused(APIError(httpStatus: 410, reason: "Expired", message: "too old"))
  static let goneLine = Input.line(.error(APIError(httpStatus: 410, reason: "Expired", message: "too old")))
  static let broken = WatchTrouble.connection("reset")
  static func refused(_ status: Int, retryAfter: Duration? = nil) -> Input {
    .failed(.refused(APIError(httpStatus: status, reason: "R", message: "m", retryAfter: retryAfter)))
  }
  static func page(_ items: [DynamicObject], _ version: String, next: String? = nil) -> Input {
    .page(ListPage(items: items, resourceVersion: version, next: next))
  }
  static func end(_ version: String) -> Input {
    .line(.bookmark(resourceVersion: version, endsInitialEvents: true))
  }
  static func mark(_ version: String) -> Input {
    .line(.bookmark(resourceVersion: version, endsInitialEvents: false))
  }
  static let first = Duration.milliseconds(800)

  /// A streamed initial list up to version 3, with nothing in it.
  static let synced: [Move] = [
    Move(input: .ready, action: .watch(resourceVersion: nil)),
    Move(input: .opened, events: [.restarted], action: .read),
    Move(input: end("3"), events: [.synced(resourceVersion: "3")], action: .read),
  ]

  static let stories = [
    Story(
      name: "streams the initial list, then changes",
      moves: [
        Move(input: .ready, action: .watch(resourceVersion: nil)),
        Move(input: .opened, events: [.restarted], action: .read),
        Move(input: .line(.added(a1)), events: [.initial(a1)], action: .read),
        Move(input: .line(.added(b2)), events: [.initial(b2)], action: .read),
        Move(input: .line(.modified(a5)), events: [.initial(a5)], action: .read),
        Move(input: .line(.deleted(b2)), events: [.deleted(b2)], action: .read),
        Move(input: mark("5"), action: .read),
        Move(input: end("6"), events: [.synced(resourceVersion: "6")], action: .read),
        Move(input: .line(.added(b2)), events: [.applied(b2)], action: .read),
        Move(input: .line(.modified(a5)), events: [.applied(a5)], action: .read),
        Move(input: .line(.deleted(a5)), events: [.deleted(a5)], action: .read),
      ]),
    Story(
      name: "lists in pages where the server cannot stream, and does not ask again",
      moves: [
        Move(input: .ready, action: .watch(resourceVersion: nil)),
        Move(input: refused(422), action: .list(next: nil)),
        Move(input: page([a1], "9", next: "t"), events: [.restarted, .initial(a1)], action: .list(next: "t")),
        Move(
          input: page([b2], "9"), events: [.initial(b2), .synced(resourceVersion: "9")],
          action: .watch(resourceVersion: "9")),
        Move(input: .opened, action: .read),
        Move(input: goneLine, action: .list(next: nil)),
      ]),
    Story(
      name: "starts the list again where the pages' version expired",
      streams: false,
      moves: [
        Move(input: .ready, action: .list(next: nil)),
        Move(input: page([a1], "9", next: "t"), events: [.restarted, .initial(a1)], action: .list(next: "t")),
        Move(input: .failed(gone), action: .list(next: nil)),
        Move(
          input: page([b2], "11"), events: [.restarted, .initial(b2), .synced(resourceVersion: "11")],
          action: .watch(resourceVersion: "11")),
      ]),
    Story(
      name: "asks for the same page again after a failure",
      streams: false,
      moves: [
        Move(input: .ready, action: .list(next: nil)),
        Move(input: page([a1], "9", next: "t"), events: [.restarted, .initial(a1)], action: .list(next: "t")),
        Move(input: refused(500), action: .wait(first)),
        Move(input: .ready, action: .list(next: "t")),
      ]),
    Story(
      name: "opens a stream that ended again at once, from the last version seen",
      moves: synced + [
        Move(input: .line(.modified(a5)), events: [.applied(a5)], action: .read),
        Move(input: .ended, action: .watch(resourceVersion: "5")),
        Move(input: .opened, action: .read),
        Move(input: mark("8"), action: .read),
        Move(input: .ended, action: .watch(resourceVersion: "8")),
      ]),
    Story(
      name: "does not run hot where streams end without bringing anything",
      moves: synced + [
        Move(input: .ended, action: .watch(resourceVersion: "3")), Move(input: .opened, action: .read),
        Move(input: .ended, action: .wait(first * 2)), Move(input: .ready, action: .watch(resourceVersion: "3")),
        Move(input: .opened, action: .read), Move(input: .ended, action: .wait(first * 4)),
        Move(input: .ready, action: .watch(resourceVersion: "3")), Move(input: .opened, action: .read),
        Move(input: mark("9"), action: .read), Move(input: .ended, action: .watch(resourceVersion: "9")),
      ]),
    Story(
      name: "waits longer after each broken connection, and forgets it when events come",
      moves: synced + [
        Move(input: .failed(broken), action: .wait(first)), Move(input: .ready, action: .watch(resourceVersion: "3")),
        Move(input: .failed(broken), action: .wait(first * 2)),
        Move(input: .ready, action: .watch(resourceVersion: "3")), Move(input: .opened, action: .read),
        Move(input: .line(.added(a5)), events: [.applied(a5)], action: .read),
        Move(input: .failed(broken), action: .wait(first)),
      ]),
    Story(
      name: "takes a fresh list when the server answers 410",
      moves: synced + [
        Move(input: .ended, action: .watch(resourceVersion: "3")),
        Move(input: .opened, action: .read), Move(input: mark("4"), action: .read),
        Move(input: .failed(gone), action: .watch(resourceVersion: nil)),
        Move(input: .opened, events: [.restarted], action: .read),
      ]),
    Story(
      name: "takes a fresh list when an ERROR event says 410, and waits where that goes on",
      moves: synced + [
        Move(input: goneLine, action: .watch(resourceVersion: nil)),
        Move(input: .opened, events: [.restarted], action: .read),
        Move(input: end("4"), events: [.synced(resourceVersion: "4")], action: .read),
        Move(input: goneLine, action: .wait(first * 2)), Move(input: .ready, action: .watch(resourceVersion: nil)),
      ]),
    Story(
      name: "watches on from the last version after an ERROR event of another kind",
      moves: synced + [
        Move(
          input: .line(.error(APIError(httpStatus: 500, reason: "InternalError", message: "m"))), action: .wait(first)),
        Move(input: .ready, action: .watch(resourceVersion: "3")),
      ]),
    Story(
      name: "keeps trying where permissions or the kind are missing",
      moves: [
        Move(input: .ready, action: .watch(resourceVersion: nil)),
        Move(input: refused(403), action: .wait(first)), Move(input: .ready, action: .watch(resourceVersion: nil)),
        Move(input: refused(404), action: .wait(first * 2)), Move(input: .ready, action: .watch(resourceVersion: nil)),
        Move(input: .opened, events: [.restarted], action: .read),
      ]),
    Story(
      name: "waits as long as the server asks",
      moves: synced + [
        Move(input: refused(429, retryAfter: .seconds(7)), action: .wait(.seconds(7))),
        Move(input: .ready, action: .watch(resourceVersion: "3")),
      ]),
    Story(
      name: "starts the initial list again where its stream breaks",
      moves: [
        Move(input: .ready, action: .watch(resourceVersion: nil)),
        Move(input: .opened, events: [.restarted], action: .read),
        Move(input: .line(.added(a1)), events: [.initial(a1)], action: .read),
        Move(input: .failed(broken), action: .wait(first)),
        Move(input: .ready, action: .watch(resourceVersion: nil)),
        Move(input: .opened, events: [.restarted], action: .read),
      ]),
    Story(
      name: "lists where a server fails at a streamed initial list, as one with an old etcd does",
      moves: [
        Move(input: .ready, action: .watch(resourceVersion: nil)),
        Move(input: refused(500), action: .wait(first)),
        Move(input: .ready, action: .list(next: nil)),
        Move(
          input: page([a1], "9"), events: [.restarted, .initial(a1), .synced(resourceVersion: "9")],
          action: .watch(resourceVersion: "9")),
      ]),
    Story(
      name: "lists where a server takes the request for a stream but never ends the initial list",
      moves: [
        Move(input: .ready, action: .watch(resourceVersion: nil)),
        Move(input: .opened, events: [.restarted], action: .read),
        Move(input: .line(.added(a1)), events: [.initial(a1)], action: .read),
        Move(input: .ended, action: .wait(first)),
        Move(input: .ready, action: .list(next: nil)),
        Move(
          input: page([a1], "9"), events: [.restarted, .initial(a1), .synced(resourceVersion: "9")],
          action: .watch(resourceVersion: "9")),
        Move(input: .failed(gone), action: .wait(first * 2)),
        Move(input: .ready, action: .watch(resourceVersion: nil)),
      ]),
  ]

  @Test("answers every input as told", arguments: stories)
  func story(story: Story) {
    var machine = WatchMachine(streams: story.streams)
    for (index, move) in story.moves.enumerated() {
      let step = machine.advance(move.input, random: 0)
      #expect(step == WatchMachine.Step(events: move.events, action: move.action), "move \(index)")
    }
  }

  @Test("never waits longer than its cap, and spreads waits by chance")
  func cap() {
    var machine = WatchMachine()
    _ = machine.advance(.ready, random: 0)
    var longest = Duration.zero
    for _ in 0..<50 {
      if case .wait(let pause) = machine.advance(.failed(Self.broken), random: 0).action {
        longest = max(longest, pause)
      }
      _ = machine.advance(.ready, random: 0)
    }
    #expect(longest == .seconds(30))
    #expect(machine.advance(.failed(Self.broken), random: 0.5).action == .wait(.seconds(22.5)))
  }

  static let recording = [
    line("ADDED", .configMap("a", version: "1")), line("ADDED", .configMap("bé😀", version: "2")),
    initialEnd("2"), line("MODIFIED", .configMap("a", version: "3")), bookmark("4"),
    line("DELETED", .configMap("a", version: "5")),
  ].joined()

  @Test("gives the same events wherever the stream is cut into chunks")
  func everySplit() throws {
    let bytes = Array(Self.recording.utf8)
    func events(_ chunks: [[UInt8]]) throws -> [WatchEvent] {
      var framer = LineFramer()
      var machine = WatchMachine()
      _ = machine.advance(.ready, random: 0)
      var out = machine.advance(.opened, random: 0).events
      for chunk in chunks {
        framer.append(chunk)
        while let text = framer.next() {
          out += machine.advance(.line(try WatchLine(text, path: "/p")), random: 0).events
        }
      }
      return out
    }
    let whole = try events([bytes])
    #expect(whole.count == 6)
    #expect(whole.last == .deleted(Self.object("a", "5")))
    for cut in 1..<bytes.count {
      #expect(try events([Array(bytes[..<cut]), Array(bytes[cut...])]) == whole)
    }
    #expect(try events(bytes.map { [$0] }) == whole)
  }

  @Test(
    "refuses lines that are no events",
    arguments: ["{", "[]", "{}", #"{"type":"ADDED"}"#, #"{"type":"X","object":{}}"#])
  func malformed(text: String) {
    #expect(throws: WatchTrouble.self) { try WatchLine(Array(text.utf8), path: "/p") }
  }
}
