import CRDTypes
import ControllerKit
import Planning

/// The objects that a resource has under names of its own, and those of others that stand in the way.
struct Children: Sendable {
  var own: [ResourceType: DynamicObject] = [:]
  var conflicts: [NameConflict] = []
}

/// Reads a resource's own objects: from caches, which hold only what the operator made, and where they have none
/// from the server, since a name may be taken by somebody else's object.
struct ChildReader: Sendable {
  let caches: Caches
  let client: any ObjectClient
  let secrets: SecretReader

  func read(_ references: [ObjectReference], of owner: String) async throws -> Children {
    var children = Children()
    for reference in references {
      guard let object = try await find(reference) else { continue }
      if object.controllerReference?.uid == owner {
        children.own[reference.type] = object
      } else if !object.isDeleting {
        children.conflicts.append(NameConflict(object: reference, owner: object.controllerReference))
      }
    }
    return children
  }

  private func find(_ reference: ObjectReference) async throws -> DynamicObject? {
    if reference.type == .secret { return try await secrets.secret(reference.key) }
    if let cached = caches.children[reference.type]?.object(reference.key) { return cached }
    return try await client.find(reference.type, reference.key)
  }
}
