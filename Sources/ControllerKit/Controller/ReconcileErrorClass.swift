public import KubernetesAPI

/// What a failed reconcile calls for.
public enum ReconcileErrorClass: Sendable, Hashable {
  /// Try again after the key's failure delay, and not earlier than a server asked.
  case transient(notBefore: Duration = .zero)
  /// Trying again is of no use until something changes.
  case terminal
  /// What was observed is out of date: look again, without calling it an error.
  case conflict
}

/// An error that knows, where it is thrown, what it calls for.
public protocol ClassifiedError: Error {
  var reconcileErrorClass: ReconcileErrorClass { get }
}

extension ReconcileErrorClass {
  /// What an error calls for; one that does not say is transient.
  public init(_ error: any Error) {
    switch error {
    case let error as any ClassifiedError: self = error.reconcileErrorClass
    default: self = .transient()
    }
  }
}

extension APIError: ClassifiedError {
  /// Conflicts and failed preconditions are to be looked at again. A refused object stays refused until someone
  /// changes it. All else may pass: an overloaded server, and permissions that are granted a moment later.
  public var reconcileErrorClass: ReconcileErrorClass {
    if isConflict { return .conflict }
    if isInvalid || httpStatus == 400 || httpStatus == 413 { return .terminal }
    return .transient(notBefore: retryAfter ?? .zero)
  }
}
