/// Where MLflow's server is and who calls it. No printed form holds a secret.
public struct TrackingServerConfiguration: Sendable, Hashable {
  /// How the server knows the caller.
  public enum Credentials: Sendable, Hashable {
    case none
    case basic(user: String, password: String)
    case token(String)
  }

  /// The base URL without a slash at its end, such as `http://mlflow.ml.svc:5000`.
  public let uri: String
  public let credentials: Credentials
  /// The workspace to work in, where the server has workspaces; nil for its default.
  public let workspace: String?
  /// The longest that a request may take.
  public let timeout: Duration

  public init(
    uri: String, credentials: Credentials = .none, workspace: String? = nil, timeout: Duration = .seconds(30)
  ) {
    var uri = uri[...]
    while uri.hasSuffix("/") { uri.removeLast() }
    self.uri = String(uri)
    self.credentials = credentials
    self.workspace = workspace
    self.timeout = timeout
  }

  /// The host as the server sees it in the `Host` header, with the port if one is named; without user and password.
  var host: String {
    let afterScheme = uri.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false).dropFirst(2).first ?? ""
    let authority = afterScheme.prefix { $0 != "/" && $0 != "?" }
    return String(authority.split(separator: "@").last ?? authority)
  }
}

extension TrackingServerConfiguration: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { host }
  public var debugDescription: String { host }
  public var customMirror: Mirror { Mirror(self, children: ["host": host]) }
}
