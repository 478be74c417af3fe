import CRDTypes

/// Finds out, for a namespace, where runs are recorded.
struct TrackingDirectory: Sendable {
  /// The Secret that a namespace may have.
  static let secretName = "martlet-tracking"

  let defaults: TrackingDefaults
  let secrets: SecretReader

  /// The profile for a resource: of the Secret that it names, of the namespace's own Secret, or the operator's.
  ///
  /// Throws `TrackingTrouble`, or what the API server says where a Secret cannot be read.
  func profile(namespace: String?, secret named: String?) async throws -> TrackingProfile {
    let name = named ?? Self.secretName
    let secret = try await secrets.secret(ObjectKey(namespace: namespace, name: name))
    if let secret { return try defaults.profile(overriddenBy: secret.fields, named: name) }
    if let named {
      throw TrackingTrouble(
        reason: "TrackingSecretNotFound",
        message: "there is no Secret \(named) in this namespace: create it or change spec.tracking.secret")
    }
    return try defaults.profile()
  }
}
