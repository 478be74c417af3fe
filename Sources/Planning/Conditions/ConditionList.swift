import CRDTypes
import FoundationEssentials

/// The conditions of a resource while a plan decides them, with the summary that kstatus reads: `Ready` always,
/// `Reconciling` and `Stalled` only while they hold.
struct ConditionList: Sendable {
  private(set) var conditions: [Condition] = []
  let generation: Int64?
  /// Whether the state is one that people are warned of.
  private var warns = false

  init(generation: Int64?) { self.generation = generation }

  mutating func set(_ type: String, _ status: Condition.Status, _ reason: String, _ message: String) {
    conditions.removeAll { $0.type == type }
    conditions.append(
      Condition(type: type, status: status, observedGeneration: generation, reason: reason, message: message))
  }

  mutating func set(_ type: String, _ holds: Bool, _ reason: String, _ message: String) {
    set(type, holds ? .true : .false, reason, message)
  }

  /// It does what the spec asks.
  mutating func ready(_ reason: String, _ message: String) { set("Ready", .true, reason, message) }

  /// It is on the way: waiting or trying again helps.
  ///
  /// - Parameter isTrouble: whether something is wrong, rather than merely not done yet.
  mutating func reconciling(_ reason: String, _ message: String, isTrouble: Bool = false) {
    set("Ready", .false, reason, message)
    set("Reconciling", .true, reason, message)
    warns = isTrouble
  }

  /// Only a change of the spec, or of what it names, can help.
  mutating func stalled(_ reason: String, _ message: String) {
    set("Ready", .false, reason, message)
    set("Stalled", .true, reason, message)
    warns = true
  }

  /// Names the fields that this version does not act on. Nothing is set where there are none.
  mutating func notSupported(_ fields: [String]) {
    guard !fields.isEmpty else { return }
    set(
      "FieldsNotSupported", .true, "NotYetSupported",
      "this version of the operator does not act on \(fields.joined(separator: ", "))")
  }

  /// What is wrong with a spec, as one message.
  mutating func invalid(_ problems: [ValidationProblem]) {
    stalled("InvalidSpec", problems.prefix(8).map(\.description).joined(separator: "; "))
  }

  func final(after previous: [Condition]?, at now: Date) -> [Condition] {
    conditions.succeeding(previous ?? [], at: now)
  }

  /// An event for `Ready` where it has changed its status or reason.
  func event(after previous: [Condition]?, action: String) -> [EventDraft] {
    guard let ready = conditions["Ready"] else { return [] }
    let old = previous?["Ready"]
    guard old?.status != ready.status || old?.reason != ready.reason else { return [] }
    return [EventDraft(warns ? .warning : .normal, reason: ready.reason, action: action, note: ready.message)]
  }
}
