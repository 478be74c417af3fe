public import CRDTypes
public import JSON

/// A finalizer of this project on an object: it keeps the object until what lies outside Kubernetes is cleaned up.
///
/// Expected flow: add before the first outside effect; on deletion, clean up, then remove. Both patches begin with a
/// `test` of what was observed, so they never overwrite another's finalizer: they fail instead (422), and the
/// caller looks again.
public struct Finalizer: Sendable, Hashable {
  /// A qualified name, such as `martlet.dev/cleanup`.
  public let name: String

  public init(_ name: String) { self.name = name }

  public enum State: Sendable, Hashable {
    /// Not there, and the object is in use: add it before acting.
    case absent
    /// There, and the object is in use.
    case present
    /// There, and the object is being deleted: clean up, then remove it.
    case cleanup
    /// The object is being deleted without it: nothing is left to do.
    case finished
  }

  public func state(of object: DynamicObject) -> State {
    switch (object.finalizers.contains(name), object.isDeleting) {
    case (false, false): .absent
    case (true, false): .present
    case (true, true): .cleanup
    case (false, true): .finished
    }
  }

  /// The patch that puts it on; nil where it is there, or where the object is being deleted (the server refuses new
  /// finalizers then).
  public func addition(to object: DynamicObject) -> JSONPatch? {
    guard state(of: object) == .absent else { return nil }
    let list = JSONPointer(tokens: ["metadata", "finalizers"])
    let existing = object.finalizers
    if existing.isEmpty {
      // A missing member equals null in a test.
      return JSONPatch([.test(list, object.metadata["finalizers"] ?? .null), .add(list, JSONValue([name]))])
    }
    return JSONPatch([
      .test(list, JSONValue(existing)),
      .add(JSONPointer(tokens: ["metadata", "finalizers", "-"]), .string(name)),
    ])
  }

  /// The patch that takes it off; nil where it is not there.
  public func removal(from object: DynamicObject) -> JSONPatch? {
    guard let index = object.finalizers.firstIndex(of: name) else { return nil }
    let element = JSONPointer(tokens: ["metadata", "finalizers", String(index)])
    return JSONPatch([.test(element, .string(name)), .remove(element)])
  }
}
