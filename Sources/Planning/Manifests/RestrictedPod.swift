import JSON

/// Security settings with which a pod passes the restricted Pod Security Standard.
enum RestrictedPod {
  /// A number, since the kubelet starts no container under runAsNonRoot whose image names its user or has none
  /// (pkg/kubelet/kuberuntime/security_context.go): HAProxy's image does the one, MLflow's the other. Any number
  /// does: neither program needs an entry in the image's /etc/passwd.
  static let user = 10001

  static let pod: JSONValue = [
    "runAsNonRoot": true, "runAsUser": JSONValue(user), "seccompProfile": ["type": "RuntimeDefault"],
  ]
  static let container: JSONValue = [
    "allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true, "capabilities": ["drop": ["ALL"]],
  ]
}
