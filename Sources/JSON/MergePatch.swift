extension JSONValue {
  /// The value after a JSON merge patch (RFC 7386): objects are merged, `null` removes, anything else replaces.
  public func merging(patch: JSONValue) -> JSONValue {
    guard case .object(let changes) = patch else { return patch }
    var members = object ?? [:]
    for (key, change) in changes {
      if change.isNull {
        members[key] = nil
      } else {
        members[key] = (members[key] ?? .null).merging(patch: change)
      }
    }
    return .object(members)
  }
}
