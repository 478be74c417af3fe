import FoundationEssentials
import KubernetesAPI
import TestSupport
import Testing
import Transport

@Suite("A kubeconfig")
struct KubeconfigTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  static let whole = """
    apiVersion: v1
    kind: Config
    current-context: dev
    contexts:
    - name: dev
      context: {cluster: one, user: ada, namespace: team}
    - name: prod
      context: {cluster: two}
    clusters:
    - name: one
      cluster:
        server: https://one.example/k8s/
        certificate-authority: ca.pem
        tls-server-name: inner
        proxy-url: http://proxy:3128
    - name: two
      cluster: {server: "http://two.example", insecure-skip-tls-verify: true}
    users:
    - name: ada
      user: {client-certificate-data: Q0VSVA==, client-key: keys/ada.key, token: secret}
    """

  @Test("gives server, trust and login of its current context, with files seen from its folder")
  func current() throws {
    try folder.write("ca.pem", "AUTHORITY")
    try folder.makeFolder("keys")
    try folder.write("keys/ada.key", "KEY")
    let path = try folder.write("config", Self.whole)
    let configuration = try ClusterConfiguration.load(kubeconfig: path)
    #expect(configuration.server == "https://one.example/k8s")
    #expect(configuration.defaultNamespace == "team")
    #expect(configuration.tls.trustRoots == .pem(Array("AUTHORITY".utf8)))
    #expect(configuration.tls.serverName == "inner")
    #expect(configuration.tls.verifyPeer)
    let certificate = try #require(configuration.tls.clientCertificate)
    #expect(certificate == .init(certificatePEM: Array("CERT".utf8), keyPEM: Array("KEY".utf8)))
    #expect(configuration.login == .token("secret"))
    #expect(configuration.proxy == "http://proxy:3128")
    #expect(configuration.origin == "kubeconfig \(path), context \"dev\"")
  }

  @Test("gives another context where one is named")
  func named() throws {
    let path = try folder.write("config", Self.whole)
    let configuration = try ClusterConfiguration.load(kubeconfig: path, context: "prod")
    #expect(configuration.server == "http://two.example" && configuration.tls.verifyPeer == false)
    #expect(configuration.login == .anonymous && configuration.defaultNamespace == "default")
  }

  @Test(
    "knows every way to log in",
    arguments: [
      ("{token: t}", .token("t")), ("{tokenFile: /run/token, token: t}", .tokenFile("/run/token")),
      ("{username: u, password: p}", .basic(user: "u", password: "p")), ("{}", .anonymous),
      ("{token: ''}", .anonymous),
      (
        "{exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: aws, args: [eks, token], env: [{name: A, value: b}], interactiveMode: Never, installHint: h}}",
        .exec(
          ExecPlugin(
            apiVersion: "client.authentication.k8s.io/v1beta1", command: "aws", arguments: ["eks", "token"],
            environment: ["A": "b"], interactiveMode: .never, installHint: "h"))
      ),
    ] as [(String, Login)])
  func logins(user: String, login: Login) throws {
    #expect(try load(user: user).login == login)
  }

  @Test("sees relative files and commands from its own folder, and tells plugins of the cluster where they ask")
  func relative() throws {
    #expect(try load(user: "{tokenFile: t}").login == .tokenFile(folder.file("t")))
    let text = "{exec: {apiVersion: client.authentication.k8s.io/v1, command: ./bin/login, provideClusterInfo: true}}"
    guard case .exec(let plugin) = try load(user: text).login else {
      Issue.record("no plugin")
      return
    }
    #expect(plugin.command == folder.path + "/./bin/login")
    #expect(plugin.clusterInfo == #"{"server":"https://s"}"#)
  }

  @Test("says whom requests are made as")
  func impersonation() throws {
    let configuration = try load(user: "{token: t, as: bob, as-uid: '7', as-groups: [a, b]}")
    #expect(configuration.impersonation == Impersonation(user: "bob", uid: "7", groups: ["a", "b"]))
  }

  @Test(
    "names the field that is wrong",
    arguments: [
      ("contexts: {}", "contexts must be a list, not object"),
      ("contexts: [{context: {}}]", "contexts[0].name is missing"),
      ("contexts: [{name: x}]", "current-context is not set; name a context, there are \"x\""),
      ("current-context: z\ncontexts: [{name: x}]", "current-context \"z\" is not among contexts; there are \"x\""),
      ("current-context: x\ncontexts: [{name: x}]", "contexts[0].context.cluster is missing"),
      (
        "current-context: x\ncontexts: [{name: w}, {name: x, context: {cluster: c}}]",
        "contexts[1].context.cluster \"c\" is not among clusters"
      ),
      (
        "current-context: x\ncontexts: [{name: x, context: {cluster: c, user: u}}]\nclusters: [{name: c, cluster: {server: 'https://s'}}]",
        "contexts[0].context.user \"u\" is not among users"
      ),
      (
        "current-context: x\ncontexts: [{name: x, context: {cluster: c}}]\nclusters: [{name: c, cluster: {server: s}}]",
        "clusters[0].cluster.server must begin with https:// or http://, but is \"s\""
      ),
      (
        "current-context: x\ncontexts: [{name: x, context: {cluster: c}}]\nclusters: [{name: c}]",
        "clusters[0].cluster.server is missing"
      ),
      (
        "current-context: x\ncontexts: [{name: x, context: {cluster: c}}]\nclusters: [{name: c, cluster: {server: 'https://s', insecure-skip-tls-verify: 'yes'}}]",
        "clusters[0].cluster.insecure-skip-tls-verify must be true or false, not string"
      ),
    ])
  func errors(text: String, problem: String) throws {
    let path = try folder.write("config", text)
    let error = try #require(throws: ConfigurationError.self) { try ClusterConfiguration.load(kubeconfig: path) }
    #expect(error.description == "kubeconfig \(path): \(problem)")
  }

  @Test(
    "names the user's or cluster's field that is wrong",
    arguments: [
      ("{client-certificate-data: '***'}", "", "users[0].user.client-certificate-data is not base64"),
      (
        "{client-certificate-data: Q0VSVA==}", "",
        "users[0].user.client-key is missing, but client-certificate is given"
      ),
      ("{client-key-data: Q0VSVA==}", "", "users[0].user.client-certificate is missing, but client-key is given"),
      (
        "{auth-provider: {name: gcp}}", "",
        "users[0].user.auth-provider is a form that Kubernetes removed in 1.26; use exec"
      ),
      (
        "{exec: {command: x}}", "",
        "users[0].user.exec.apiVersion must be one of client.authentication.k8s.io/v1, client.authentication.k8s.io/v1beta1, but is \"\""
      ),
      ("{exec: {apiVersion: client.authentication.k8s.io/v1}}", "", "users[0].user.exec.command is missing"),
      ("{token: 5}", "", "users[0].user.token must be a string, not integer"),
      ("{as-groups: [a]}", "", "users[0].user.as is missing, but as-groups or as-uid is given"),
      (
        "{}", ", insecure-skip-tls-verify: true, certificate-authority-data: Q0E=",
        "clusters[0].cluster.insecure-skip-tls-verify must not be true where a certificate authority is given"
      ),
    ])
  func entryErrors(user: String, cluster: String, problem: String) throws {
    let error = try #require(throws: ConfigurationError.self) { try load(user: user, cluster: cluster) }
    #expect(error.description == "kubeconfig \(folder.file("config")): \(problem)")
  }

  @Test("says which file cannot be read or is no YAML")
  func files() throws {
    let missing = folder.file("none")
    let first = try #require(throws: ConfigurationError.self) { try ClusterConfiguration.load(kubeconfig: missing) }
    #expect(first.description == "kubeconfig \(missing): cannot be read" && first.code == .unreadable)
    let broken = try folder.write("broken", "a: [\n")
    let second = try #require(throws: ConfigurationError.self) { try ClusterConfiguration.load(kubeconfig: broken) }
    #expect(second.description.hasPrefix("kubeconfig \(broken): invalid YAML at line 2, column 1: "))
    let authority = try #require(throws: ConfigurationError.self) {
      try load(user: "{}", cluster: ", certificate-authority: no.pem")
    }
    #expect(
      authority.field == "clusters[0].cluster.certificate-authority"
        && authority.problem.contains(folder.file("no.pem")))
  }

  @Test("is merged from a list of files: the first to name something wins, missing files are passed over")
  func merged() throws {
    let first = try folder.write(
      "first", "current-context: x\ncontexts: [{name: x, context: {cluster: c, namespace: first}}]")
    let folderOfSecond = try folder.makeFolder("second")
    try folder.write("second/ca.pem", "SECOND")
    let second = try folder.write(
      "second/config",
      """
      current-context: w
      contexts: [{name: x, context: {cluster: d, namespace: second}}, {name: w, context: {cluster: c}}]
      clusters: [{name: c, cluster: {server: 'https://s', certificate-authority: ca.pem}}]
      """)
    #expect(folderOfSecond.hasSuffix("/second"))
    let environment = ["KUBECONFIG": "\(first):\(folder.file("missing")):\(second)"]
    let x = try ClusterConfiguration.load(environment: environment)
    #expect(x.defaultNamespace == "first" && x.tls.trustRoots == .pem(Array("SECOND".utf8)))
    let w = try ClusterConfiguration.load(context: "w", environment: environment)
    #expect(w.defaultNamespace == "default")
    let error = try #require(throws: ConfigurationError.self) {
      try ClusterConfiguration.load(context: "z", environment: environment)
    }
    #expect(error.description == "kubeconfig \(first):\(second): contexts has no context \"z\"; there are \"x\", \"w\"")
  }

  @Test("lies in the home folder where nothing names another one")
  func home() throws {
    try folder.makeFolder(".kube")
    try folder.write(".kube/config", Self.whole)
    let configuration = try ClusterConfiguration.load(context: "prod", environment: ["HOME": folder.path])
    #expect(configuration.server == "http://two.example")
  }

  @Test("of a pod is its service account")
  func inCluster() throws {
    let environment = ["KUBERNETES_SERVICE_HOST": "fd00::1", "KUBERNETES_SERVICE_PORT": "443"]
    let empty = try #require(throws: ConfigurationError.self) {
      try ClusterConfiguration.inCluster(environment: environment, folder: folder.path)
    }
    #expect(empty.code == .notInCluster && empty.file == folder.file("token"))
    try folder.write("token", "abc\n")
    try folder.write("ca.crt", "CA")
    try folder.write("namespace", "team\n")
    let configuration = try ClusterConfiguration.inCluster(environment: environment, folder: folder.path)
    #expect(configuration.server == "https://[fd00::1]:443")
    #expect(configuration.defaultNamespace == "team")
    #expect(configuration.login == .tokenFile(folder.file("token")))
    #expect(configuration.tls.trustRoots == .pem(Array("CA".utf8)))
    let outside = try #require(throws: ConfigurationError.self) { try ClusterConfiguration.inCluster(environment: [:]) }
    #expect(outside.code == .notInCluster)
  }

  private func load(user: String, cluster: String = "") throws -> ClusterConfiguration {
    let path = try folder.write(
      "config",
      """
      current-context: x
      contexts: [{name: x, context: {cluster: c, user: u}}]
      clusters: [{name: c, cluster: {server: "https://s"\(cluster)}}]
      users: [{name: u, user: \(user)}]
      """)
    return try ClusterConfiguration.load(kubeconfig: path)
  }
}
