import JSON

/// Security settings with which a pod passes the restricted Pod Security Standard.
enum RestrictedPod {
  static let pod: JSONValue = ["runAsNonRoot": true, "seccompProfile": ["type": "RuntimeDefault"]]
  static let container: JSONValue = [
    "allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true, "capabilities": ["drop": ["ALL"]],
  ]
}
