import CRDTypes
import ControllerKit
import KubernetesAPI

/// A resource that does not fit its own schema, as with CRDs of another version. Only a change of it helps.
struct MalformedResource: ClassifiedError, CustomStringConvertible {
  let key: ObjectKey
  let problem: String

  var reconcileErrorClass: ReconcileErrorClass { .terminal }
  var description: String {
    "\(key) does not fit this operator's schema; are the custom resource definitions of this version? \(problem)"
  }
}

extension DynamicObject {
  /// The object as its kind; throws `MalformedResource`.
  func resource<Resource: CustomResource>(_: Resource.Type) throws -> Resource {
    do {
      return try typed(as: Resource.self)
    } catch {
      throw MalformedResource(key: key, problem: String(describing: error))
    }
  }
}
