public import CRDTypes

/// Why a step of a plan could not be carried out, besides what the API server says.
public struct ApplyError: ClassifiedError, Sendable, Hashable, CustomStringConvertible {
  public enum Problem: Sendable, Hashable {
    /// An object of the name exists that has another controller, or none.
    case nameTaken(by: OwnerReference?)
    /// An object of the name is still being deleted.
    case beingDeleted
    /// The object is no longer what was observed.
    case outdated(String)
    /// The kind is not in the shell's catalog.
    case unknownKind
  }

  public let object: ObjectReference
  public let problem: Problem

  public init(object: ObjectReference, problem: Problem) {
    self.object = object
    self.problem = problem
  }

  public var reconcileErrorClass: ReconcileErrorClass {
    switch problem {
    // Retried with growing delays, as nothing tells when the other object is gone.
    case .nameTaken, .beingDeleted: .transient()
    case .outdated: .conflict
    case .unknownKind: .terminal
    }
  }

  public var description: String {
    switch problem {
    case .nameTaken(let owner):
      let whose = owner.map { "is controlled by \($0.kind) \($0.name)" } ?? "was not made by this operator"
      return "\(object) exists and \(whose); delete or rename it"
    case .beingDeleted: return "\(object) is still being deleted"
    case .outdated(let message): return "\(object) is no longer as it was observed: \(message)"
    case .unknownKind: return "\(object): this kind is not among those that plans may create or apply"
    }
  }
}
