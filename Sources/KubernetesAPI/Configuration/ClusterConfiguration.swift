public import FoundationEssentials
public import Transport

/// Where a cluster's API server is, how it is trusted and how one logs in to it.
public struct ClusterConfiguration: Sendable {
  /// The server's URL with an optional path prefix and no slash at its end.
  public var server: String
  public var tls: TLSOptions
  public var login: Login
  /// Whose permissions requests are made with, where they are not the login's own.
  public var impersonation: Impersonation?
  /// The URL of a proxy for this server; nil leaves the choice to the environment (`https_proxy`, `no_proxy`).
  public var proxy: String?
  /// The namespace where a request names none.
  public var defaultNamespace: String
  /// Where this configuration was read from, for messages.
  public var origin: String

  public init(
    server: String, tls: TLSOptions = TLSOptions(), login: Login = .anonymous, defaultNamespace: String = "default",
    origin: String = "the program"
  ) {
    self.server = server
    self.tls = tls
    self.login = login
    self.defaultNamespace = defaultNamespace
    self.origin = origin
  }
}

/// How a client proves who it is, beside a client certificate (which is part of `TLSOptions`).
public enum Login: Sendable, Hashable {
  case anonymous
  case token(String)
  /// A file that holds a bearer token and is replaced before the token expires (bound service-account tokens).
  case tokenFile(String)
  case basic(user: String, password: String)
  case exec(ExecPlugin)
}

extension Login: CustomStringConvertible, CustomReflectable {
  /// The way to log in, without the secret.
  public var description: String {
    switch self {
    case .anonymous: "anonymous"
    case .token: "token"
    case .tokenFile(let path): "token file \(path)"
    case .basic(let user, _): "user \(user) with a password"
    case .exec(let plugin): "credential plugin \(plugin.command)"
    }
  }

  public var customMirror: Mirror { Mirror(self, children: []) }
}

/// A program that prints credentials (`client.authentication.k8s.io`).
public struct ExecPlugin: Sendable, Hashable {
  /// When the program may ask a person something.
  public enum InteractiveMode: String, Sendable, Hashable, CaseIterable {
    case never = "Never"
    case ifAvailable = "IfAvailable"
    case always = "Always"
  }

  public var apiVersion: String
  /// A path, or a name that is looked up in `PATH`.
  public var command: String
  public var arguments: [String]
  public var environment: [String: String]
  public var interactiveMode: InteractiveMode
  /// What to tell a person whose machine lacks the program.
  public var installHint: String?
  /// The cluster as JSON for the program, where it asked for it (`provideClusterInfo`).
  public var clusterInfo: String?

  public init(
    apiVersion: String = "client.authentication.k8s.io/v1", command: String, arguments: [String] = [],
    environment: [String: String] = [:], interactiveMode: InteractiveMode = .ifAvailable,
    installHint: String? = nil, clusterInfo: String? = nil
  ) {
    self.apiVersion = apiVersion
    self.command = command
    self.arguments = arguments
    self.environment = environment
    self.interactiveMode = interactiveMode
    self.installHint = installHint
    self.clusterInfo = clusterInfo
  }
}

extension ExecPlugin: CustomStringConvertible, CustomReflectable {
  /// The command only: arguments and environment can hold secrets.
  public var description: String { "credential plugin \(command)" }
  public var customMirror: Mirror { Mirror(self, children: []) }
}

/// The user that requests are made as (the `Impersonate-*` headers).
public struct Impersonation: Sendable, Hashable {
  public var user: String
  public var uid: String?
  public var groups: [String]

  public init(user: String, uid: String? = nil, groups: [String] = []) {
    self.user = user
    self.uid = uid
    self.groups = groups
  }
}

extension ClusterConfiguration {
  /// The configuration for a program that may run inside a cluster or beside one: a kubeconfig that is named (as an
  /// argument or by `KUBECONFIG`), else the pod's service account, else `~/.kube/config`; this is
  /// controller-runtime's order.
  public static func discover(
    kubeconfig path: String? = nil, context: String? = nil,
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws(ConfigurationError) -> ClusterConfiguration {
    let named = path != nil || environment["KUBECONFIG"].map { !$0.isEmpty } == true
    if !named, context == nil, environment["KUBERNETES_SERVICE_HOST"] != nil {
      return try inCluster(environment: environment)
    }
    return try load(kubeconfig: path, context: context, environment: environment)
  }
}
