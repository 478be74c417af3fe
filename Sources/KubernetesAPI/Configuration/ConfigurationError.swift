/// Why no way to a cluster could be made out: which file, which field of it, and what is wrong there.
///
/// The text never holds a token, a key or a password.
public struct ConfigurationError: Error, Sendable, Hashable, CustomStringConvertible {
  public enum Code: String, Sendable, Hashable {
    /// A file is missing or cannot be read.
    case unreadable
    /// A file is no YAML, or a field has the wrong type or an impossible value.
    case malformed
    /// A name leads nowhere: a context, a cluster or a user that is not there.
    case unknownName
    /// The program does not run inside a cluster.
    case notInCluster
    /// A credential plugin failed.
    case plugin
  }

  public let code: Code
  /// The file, with what it is: `kubeconfig /home/ada/.kube/config`.
  public let file: String
  /// The field, such as `contexts[2].context.cluster`; empty where the whole file is meant.
  public let field: String
  /// What is wrong, as the end of a sentence that begins with the field or file.
  public let problem: String

  public init(code: Code, file: String, field: String = "", problem: String) {
    self.code = code
    self.file = file
    self.field = field
    self.problem = problem
  }

  public var description: String { field.isEmpty ? "\(file): \(problem)" : "\(file): \(field) \(problem)" }
}
