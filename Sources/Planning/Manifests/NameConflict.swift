public import CRDTypes

/// An object that stands where a resource's own object is to be, and is not the resource's.
public struct NameConflict: Sendable, Hashable {
  public var object: ObjectReference
  /// The controller that it has; nil where nothing controls it.
  public var owner: OwnerReference?

  public init(object: ObjectReference, owner: OwnerReference?) {
    self.object = object
    self.owner = owner
  }

  /// What is so, and what to do.
  var message: String {
    let whose = owner.map { "belongs to \($0.kind) \($0.name)" } ?? "was not made by the operator"
    return "\(object.type.kind) \(object.key.name) exists and \(whose): delete it, or give this resource another name"
  }
}
