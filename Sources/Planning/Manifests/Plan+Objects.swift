import CRDTypes

extension Plan.Step {
  /// Applies a manifest; nil where the object that is there has all that it asks for.
  static func applied(_ manifest: DynamicObject, over existing: DynamicObject?) -> Self? {
    if let existing, Owned.holds(manifest, in: existing) { return nil }
    return .apply(manifest)
  }
}

extension Plan {
  /// Applies a manifest unless the object that is there has all that it asks for.
  mutating func apply(_ manifest: DynamicObject, over existing: DynamicObject?) {
    if let step = Step.applied(manifest, over: existing) { steps.append(step) }
  }

  /// Deletes an object, where it is there, and no later one of its name.
  mutating func delete(_ type: ResourceType, _ object: DynamicObject?) {
    guard let object else { return }
    steps.append(.delete(ObjectReference(type, object.key), uid: object.uid))
  }
}
