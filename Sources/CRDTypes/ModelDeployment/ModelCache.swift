extension ModelDeployment {
  /// Where a model's files are kept, so that they are downloaded once. Exactly one of claim and nodePath is set.
  public struct ModelCache: Sendable, Hashable, Codable {
    /// The name of a PersistentVolumeClaim in the same namespace that all pods can mount.
    public var claim: String?
    /// A folder of each node. Pods with it do not meet the baseline Pod Security Standard.
    public var nodePath: String?

    public init(claim: String? = nil, nodePath: String? = nil) {
      self.claim = claim
      self.nodePath = nodePath
    }
  }
}

extension ModelDeployment.ModelCache {
  static let schema = Schema.object(
    "Where a model's files are kept, so that they are downloaded once. Exactly one of claim and nodePath is set.",
    [
      .optional(
        "claim",
        .objectName("The name of a PersistentVolumeClaim in the same namespace that all pods can mount.")),
      .optional(
        "nodePath",
        .string(
          "A folder of each node. Pods with it do not meet the baseline Pod Security Standard.",
          minLength: 2, maxLength: 1024, pattern: "^/[^:]*$")),
    ],
    rules: [
      ValidationRule(
        "has(self.claim) != has(self.nodePath)",
        message: "models are kept in a claim or at a path of the node: set exactly one of claim and nodePath")
    ])
}
