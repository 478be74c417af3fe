import MLflow

/// Where runs are recorded and read: MLflow's server, its database, and how pods reach the server.
///
/// No printed form holds a secret.
struct TrackingProfile: Sendable, Hashable {
  let uri: String
  /// The connection string of MLflow's database.
  let databaseURL: String
  let credentials: TrackingServerConfiguration.Credentials
  /// The server as pods see it.
  let podURI: String
  /// A Secret in the pods' namespace that holds their credentials.
  let credentialsSecret: String?
}

extension TrackingProfile: CustomStringConvertible, CustomReflectable {
  var description: String { uri }
  var customMirror: Mirror { Mirror(self, children: ["uri": uri]) }
}

/// What the operator's flags and environment say about tracking.
struct TrackingDefaults: Sendable, Hashable {
  var uri: String?
  var databaseURL: String?
  var credentials: TrackingServerConfiguration.Credentials = .none
  var podURI: String?

  static let missing = """
    set --tracking-uri and --tracking-database-url of the operator, or a Secret named martlet-tracking with the keys \
    uri and databaseURL in this namespace
    """

  /// The profile without a Secret.
  func profile() throws(TrackingTrouble) -> TrackingProfile {
    try profile(credentials: credentials, secret: nil)
  }

  /// The profile with the fields of a Secret before these.
  ///
  /// A Secret that names a server must name its database too: results would otherwise be read from one place and
  /// written to another. The operator's own credentials never go to a server that a Secret names.
  func profile(overriddenBy fields: [String: String], named name: String) throws(TrackingTrouble) -> TrackingProfile {
    let database = fields["databaseURL"] ?? fields["database"]
    var own = TrackingServerConfiguration.Credentials.none
    if let token = fields["token"] {
      own = .token(token)
    } else if let user = fields["username"] {
      own = .basic(user: user, password: fields["password"] ?? "")
    }
    guard let uri = fields["uri"] else {
      guard database == nil else {
        throw TrackingTrouble(
          reason: "TrackingSecretIncomplete", message: "Secret \(name) has a database and no key uri: add uri")
      }
      return try profile(credentials: own == .none ? credentials : own, secret: name)
    }
    guard let database else {
      throw TrackingTrouble(
        reason: "TrackingSecretIncomplete",
        message: "Secret \(name) has a uri and no key databaseURL: add the connection string of MLflow's database")
    }
    return TrackingProfile(
      uri: uri, databaseURL: database, credentials: own, podURI: fields["podURI"] ?? uri, credentialsSecret: name)
  }

  private func profile(
    credentials: TrackingServerConfiguration.Credentials, secret: String?
  ) throws(TrackingTrouble) -> TrackingProfile {
    guard let uri, let databaseURL else {
      throw TrackingTrouble(reason: "TrackingNotConfigured", message: "no MLflow is configured: \(Self.missing)")
    }
    return TrackingProfile(
      uri: uri, databaseURL: databaseURL, credentials: credentials, podURI: podURI ?? uri, credentialsSecret: secret)
  }
}
