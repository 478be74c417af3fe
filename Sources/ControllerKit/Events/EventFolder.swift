import CRDTypes
import FoundationEssentials
import JSON
import Planning

/// One event as it happened: what, about what, and who says so.
struct EventOccurrence: Sendable, Hashable {
  let draft: EventDraft
  let regarding: ObjectReference
  let regardingUID: String
  /// A qualified name, such as `martlet.dev/training-sweep`.
  let reportingController: String
  /// The process, such as a pod's name.
  let reportingInstance: String
}

/// Folds repeats of an event into a series, so that a situation that lasts is one Event object with a count. Pure.
///
/// A repeat within the window after the last one counts up (client-go and kube-rs have 6 minutes). The first repeat
/// is written at once, later ones at most once an interval, with the count that was reached by then.
struct EventFolder: Sendable {
  enum Write: Sendable, Hashable {
    case create(DynamicObject)
    case patch(EventOccurrence, ObjectKey, JSONValue)
  }

  private struct Series: Sendable {
    let key: ObjectKey
    var count = 1
    var written = 1
    var writtenAt: Duration
    var lastAt: Duration
    var lastDate: Date
  }

  let window: Duration
  let interval: Duration
  let capacity: Int
  private var series: [EventOccurrence: Series] = [:]
  private var sequence: Int64 = 0

  init(window: Duration = .seconds(360), interval: Duration = .seconds(30), capacity: Int = 4096) {
    self.window = window
    self.interval = interval
    self.capacity = capacity
  }

  /// How many series are open.
  var count: Int { series.count }

  /// When counts that are not written yet are due; nil where there are none.
  var nextFlush: Duration? {
    series.values.filter { $0.count > $0.written }.map { $0.writtenAt + interval }.min()
  }

  /// What to write for an occurrence; nil where it is only counted for now.
  mutating func record(_ occurrence: EventOccurrence, at now: Duration, date: Date) -> Write? {
    if var known = series[occurrence], now - known.lastAt <= window {
      known.count += 1
      known.lastAt = now
      known.lastDate = date
      series[occurrence] = known
      guard known.count == 2 || now - known.writtenAt >= interval else { return nil }
      return write(occurrence, at: now)
    }
    makeRoom(at: now)
    let event = event(occurrence, date: date)
    series[occurrence] = Series(key: event.key, writtenAt: now, lastAt: now, lastDate: date)
    return .create(event)
  }

  /// The counts that are due; all that are not written where `final`.
  mutating func flush(at now: Duration, final: Bool = false) -> [Write] {
    let due = series.filter { $0.value.count > $0.value.written && (final || now - $0.value.writtenAt >= interval) }
    return due.keys.compactMap { write($0, at: now) }
  }

  /// The Event object is gone: the next occurrence makes a new one.
  mutating func forget(_ occurrence: EventOccurrence) { series[occurrence] = nil }

  private mutating func write(_ occurrence: EventOccurrence, at now: Duration) -> Write? {
    guard var known = series[occurrence] else { return nil }
    known.written = known.count
    known.writtenAt = now
    series[occurrence] = known
    return .patch(
      occurrence, known.key,
      ["series": ["count": JSONValue(known.count), "lastObservedTime": .string(Timestamp.microText(known.lastDate))]])
  }

  private mutating func makeRoom(at now: Duration) {
    guard series.count >= capacity else { return }
    series = series.filter { now - $0.value.lastAt <= window }
    while series.count >= capacity, let oldest = series.min(by: { $0.value.lastAt < $1.value.lastAt })?.key {
      series[oldest] = nil
    }
  }

  private mutating func event(_ occurrence: EventOccurrence, date: Date) -> DynamicObject {
    let draft = occurrence.draft
    // Unique in this process by the number, and among processes nearly so by the time; a name that is taken all the
    // same costs one event.
    sequence += 1
    let micros = Int64((date.timeIntervalSince1970 * 1_000_000).rounded(.down))
    let suffix = String(micros * 1000 + sequence % 1000, radix: 16)
    let name = EventText.prefix(occurrence.regarding.key.name, bytes: 253 - suffix.utf8.count - 1) + "." + suffix
    // Events about cluster-scoped objects lie in `default`, as those of other components do.
    var event = DynamicObject(
      .event, ObjectKey(namespace: occurrence.regarding.key.namespace ?? "default", name: name))
    event.json["eventTime"] = .string(Timestamp.microText(date))
    event.json["type"] = .string(draft.kind.rawValue)
    event.json["reason"] = .string(EventText.prefix(draft.reason, bytes: 128))
    event.json["action"] = .string(EventText.prefix(draft.action, bytes: 128))
    event.json["note"] = .string(EventText.prefix(draft.note, bytes: 1024))
    event.json["reportingController"] = .string(occurrence.reportingController)
    event.json["reportingInstance"] = .string(EventText.prefix(occurrence.reportingInstance, bytes: 128))
    event.json["regarding"] = Self.reference(occurrence.regarding, uid: occurrence.regardingUID)
    if let related = draft.related { event.json["related"] = Self.reference(related, uid: nil) }
    return event
  }

  private static func reference(_ object: ObjectReference, uid: String?) -> JSONValue {
    .compact([
      "apiVersion": .string(object.type.apiVersion), "kind": .string(object.type.kind),
      "namespace": object.key.namespace.map(JSONValue.string), "name": .string(object.key.name),
      "uid": uid.map(JSONValue.string),
    ])
  }
}

/// The limits of an Event's texts.
enum EventText {
  /// The longest start of a text that fits in so many bytes and ends at the end of a character.
  static func prefix(_ text: String, bytes: Int) -> String {
    guard text.utf8.count > bytes else { return text }
    var out = ""
    var used = 0
    for character in text {
      used += character.utf8.count
      if used > bytes { break }
      out.append(character)
    }
    return out
  }
}
