public import CRDTypes
public import JSON

/// What a planner wants done for one resource: decided from values alone, carried out by an apply shell.
///
/// The shell takes `steps` in order and may die between any two of them; planning again from what is then
/// observed must lead to the same fixed point. Status and events come after the last step.
public struct Plan<Status: Sendable, Record: Sendable>: Sendable {
  /// Changes to the world, in order; those of `together` side by side.
  public var steps: [Step]
  /// The whole status, conditions and observedGeneration with it. The shell writes it only if it differs.
  public var status: Status
  /// One for each transition that people should hear of.
  public var events: [EventDraft]
  /// When to plan again without being told of a change.
  public var next: Next

  public init(steps: [Step] = [], status: Status, events: [EventDraft] = [], next: Next = .whenChanged) {
    self.steps = steps
    self.status = status
    self.events = events
    self.next = next
  }

  /// One change. Each is idempotent: doing it twice is doing it once.
  public enum Step: Sendable {
    /// A change outside Kubernetes, such as a run to be created in MLflow.
    case record(Record)
    /// A change outside Kubernetes that makes something, and then the steps that are to know what it is called. The
    /// next plan finds by itself what was made, where the process died before them.
    case make(Record, then: @Sendable (_ name: String) -> [Step])
    /// Lanes that do not depend on each other: they may be carried out side by side, each of them in order. Where one
    /// fails the others go on, and the plan ends after them.
    case together([[Step]])
    /// Creates the object; one of that name that has the same controller counts as created.
    case create(DynamicObject)
    /// Server-side apply of every field that this project owns, conflicts forced.
    case apply(DynamicObject)
    /// A JSON merge patch of an object that this project owns.
    case patch(ObjectReference, JSONValue)
    /// Deletes the object in the background; one that is gone, or has another UID, counts as deleted.
    case delete(ObjectReference, uid: String?)
    /// Puts a finalizer on the resource itself, or takes it off.
    case finalizer(String, present: Bool)
  }
}

/// When a resource is to be planned again.
public enum Next: Sendable, Hashable {
  /// Only when something that was observed changes.
  case whenChanged
  /// After this long, or earlier if something changes.
  case after(Duration)

  /// The earlier of two.
  public func earliest(_ other: Next) -> Next {
    switch (self, other) {
    case (.whenChanged, let next), (let next, .whenChanged): next
    case (.after(let left), .after(let right)): .after(min(left, right))
    }
  }
}

/// An event about a resource, before it has a time and a reporter.
public struct EventDraft: Sendable, Hashable {
  public enum Kind: String, Sendable, Hashable { case normal = "Normal", warning = "Warning" }

  public var kind: Kind
  /// A CamelCase word, unique to the situation.
  public var reason: String
  /// What was done or attempted, a CamelCase verb.
  public var action: String
  /// For people; at most 1,024 bytes reach the server.
  public var note: String
  /// The other object it is about, such as a Job.
  public var related: ObjectReference?

  public init(_ kind: Kind, reason: String, action: String, note: String, related: ObjectReference? = nil) {
    self.kind = kind
    self.reason = reason
    self.action = action
    self.note = note
    self.related = related
  }
}
