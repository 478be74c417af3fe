import CRDTypes
import FoundationEssentials
import JSON
import Observability
import Planning
import Testing

@testable import ControllerKit

@Suite(.timeLimit(.minutes(1))) struct EventTests {
  let date = Date(timeIntervalSince1970: 1_700_000_000)

  func occurrence(_ reason: String = "TrialFailed", note: String = "n", name: String = "x") -> EventOccurrence {
    EventOccurrence(
      draft: EventDraft(
        .warning, reason: reason, action: "RunTrial", note: note, related: ObjectReference(.job, key("x-1"))),
      regarding: ObjectReference(.widget, key(name)), regardingUID: "u", reportingController: "martlet.dev/widget",
      reportingInstance: "pod-1")
  }

  func count(_ write: EventFolder.Write?) -> Int? {
    guard case .patch(_, _, let patch) = write else { return nil }
    return patch[path: "series", "count"]?.int
  }

  @Test("The first occurrence is an Event object with every field that the API wants")
  func first() throws {
    var folder = EventFolder()
    guard case .create(let event) = folder.record(occurrence(), at: .zero, date: date) else {
      Issue.record("should create")
      return
    }
    #expect(event.apiVersion == "events.k8s.io/v1")
    #expect(event.kind == "Event")
    #expect(event.namespace == "a")
    #expect(event.name.hasPrefix("x."))
    #expect(event.json["eventTime"] == "2023-11-14T22:13:20.000000Z")
    #expect(event.json["type"] == "Warning")
    #expect(event.json["reason"] == "TrialFailed")
    #expect(event.json["action"] == "RunTrial")
    #expect(event.json["note"] == "n")
    #expect(event.json["reportingController"] == "martlet.dev/widget")
    #expect(event.json["reportingInstance"] == "pod-1")
    #expect(
      event.json["regarding"] == [
        "apiVersion": "martlet.dev/v1alpha1", "kind": "Widget", "namespace": "a", "name": "x", "uid": "u",
      ])
    #expect(
      event.json["related"] == ["apiVersion": "batch/v1", "kind": "Job", "namespace": "a", "name": "x-1"])
  }

  @Test("The first repeat is written at once, later ones at most once an interval, none is lost from the count")
  func series() {
    var folder = EventFolder()
    _ = folder.record(occurrence(), at: .zero, date: date)
    #expect(count(folder.record(occurrence(), at: .seconds(1), date: date)) == 2)
    for second in 2...10 {
      #expect(folder.record(occurrence(), at: .seconds(second), date: date) == nil)
    }
    #expect(folder.nextFlush == .seconds(31))
    #expect(folder.flush(at: .seconds(30)) == [])
    let due = folder.flush(at: .seconds(31))
    #expect(due.map { count($0) } == [11])
    #expect(folder.nextFlush == nil)
    #expect(folder.record(occurrence(), at: .seconds(40), date: date) == nil)
    #expect(count(folder.record(occurrence(), at: .seconds(70), date: date)) == 13)
    #expect(folder.record(occurrence(), at: .seconds(71), date: date) == nil)
    let last = folder.flush(at: .seconds(72), final: true)
    #expect(last.map { count($0) } == [14])
  }

  @Test("After six quiet minutes a repeat is a new event; what differs in anything is another one")
  func window() {
    var folder = EventFolder()
    _ = folder.record(occurrence(), at: .zero, date: date)
    #expect(count(folder.record(occurrence(), at: .seconds(360), date: date)) == 2)
    guard case .create = folder.record(occurrence(), at: .seconds(721), date: date) else {
      Issue.record("should begin a new series")
      return
    }
    for other in [occurrence(note: "m"), occurrence("Other"), occurrence(name: "y")] {
      guard case .create = folder.record(other, at: .seconds(722), date: date) else {
        Issue.record("should create")
        return
      }
    }
  }

  @Test("The number of open series is bounded, the oldest go first")
  func bounded() {
    var folder = EventFolder(capacity: 3)
    for number in 0..<10 { _ = folder.record(occurrence(note: "\(number)"), at: .seconds(number), date: date) }
    #expect(folder.count == 3)
    #expect(count(folder.record(occurrence(note: "9"), at: .seconds(10), date: date)) == 2)
  }

  @Test("A note is cut to 1,024 bytes at the end of a character", arguments: [
    ("", 0), ("abc", 3), (String(repeating: "a", count: 2000), 1024), (String(repeating: "é", count: 1000), 1024),
    ("a" + String(repeating: "é", count: 1000), 1023),
  ])
  func note(text: String, bytes: Int) {
    let cut = EventText.prefix(text, bytes: 1024)
    #expect(cut.utf8.count == bytes)
    #expect(text.hasPrefix(cut))
  }

  @Test("Events of one moment have different names, and a long object name leaves room for the suffix")
  func names() {
    var folder = EventFolder()
    let long = String(repeating: "x", count: 253)
    var names: Set<String> = []
    for number in 0..<20 {
      if case .create(let event) = folder.record(occurrence(note: "\(number)", name: long), at: .zero, date: date) {
        names.insert(event.name)
        #expect(event.name.utf8.count <= 253)
      }
    }
    #expect(names.count == 20)
  }

  func record(_ recorder: EventRecorder, _ note: String) {
    recorder.record(
      EventDraft(.normal, reason: "Created", action: "Create", note: note), about: object(.widget, "x"), of: .widget,
      from: "martlet.dev/widget")
  }

  @Test("The recorder writes an event and folds its repeats into it")
  func recorder() async {
    let bench = Bench()
    let cluster = MemoryCluster()
    let recorder = EventRecorder(client: cluster, instance: "pod", environment: bench.environment)
    for _ in 0..<5 { record(recorder, "same") }
    recorder.close()
    await recorder.run()
    let events = await cluster.objects.values.map { $0 }
    #expect(events.count == 1)
    #expect(events.first?.json[path: "series", "count"] == 5)
    #expect(await cluster.writes.count == 3)
  }

  @Test("Events that come faster than they are written are dropped and counted; recording never waits")
  func dropped() {
    let bench = Bench()
    let recorder = EventRecorder(client: MemoryCluster(), instance: "pod", capacity: 3, environment: bench.environment)
    for number in 0..<10 { record(recorder, "\(number)") }
    #expect(bench.metrics.exposition().contains("martlet_events_dropped_total 7\n"))
  }

  @Test("A refused event is logged and the next is written")
  func refused() async {
    let bench = Bench()
    let cluster = MemoryCluster()
    await cluster.refuse("create events", with: MemoryCluster.refusal(403, "Forbidden"))
    let recorder = EventRecorder(client: cluster, instance: "pod", environment: bench.environment)
    record(recorder, "one")
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await recorder.run() }
      await eventually { !bench.sink.lines.isEmpty }
      await cluster.refuse("create events", with: nil)
      record(recorder, "two")
      await eventually { await cluster.objects.count == 1 }
      group.cancelAll()
    }
    #expect(bench.sink.lines.first?.contains("Could not write an event") == true)
  }
}
