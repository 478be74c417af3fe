/// Where a database is and how to sign in: a connection string that libpq understands, taken apart.
///
/// No printed form holds the password.
public struct PostgresConfiguration: Sendable, Hashable {
  /// libpq's connection parameters by keyword
  /// (https://www.postgresql.org/docs/15/libpq-connect.html#LIBPQ-PARAMKEYWORDS).
  var parameters: [String: String]

  /// How long to try to connect; from the string's `connect_timeout`, 10 seconds where it has none.
  public var connectTimeout: Duration
  /// The longest that a statement may take unless its call says otherwise; also set as the server's
  /// `statement_timeout`, so that a statement ends even if this program dies. Nil for no limit.
  public var statementTimeout: Duration?

  /// Takes a URL (`postgresql://user@host:5432/db?sslmode=verify-full`) or a keyword string (`host=h dbname=d`).
  ///
  /// SQLAlchemy's form with a driver, `postgresql+psycopg2://`, counts as a URL. Throws `PostgresError` with the code
  /// `.invalidConfiguration`; its message never quotes the string.
  public init(_ connectionString: String, statementTimeout: Duration? = .seconds(30)) throws(PostgresError) {
    var parameters = try ConnectionString.parse(connectionString)
    let seconds = parameters["connect_timeout"].flatMap { Int($0) } ?? 10
    parameters["connect_timeout"] = nil
    self.parameters = parameters
    connectTimeout = .seconds(seconds > 0 ? seconds : 10)
    self.statementTimeout = statementTimeout
  }

  /// Takes the parts, as Secrets of databases in Kubernetes often hold them; nil leaves libpq's default.
  public init(
    host: String, port: String? = nil, user: String? = nil, password: String? = nil, database: String? = nil,
    sslMode: String? = nil, statementTimeout: Duration? = .seconds(30)
  ) {
    parameters = ["host": host]
    for (keyword, value) in [
      ("port", port), ("user", user), ("password", password), ("dbname", database), ("sslmode", sslMode),
    ] {
      if let value { parameters[keyword] = value }
    }
    connectTimeout = .seconds(10)
    self.statementTimeout = statementTimeout
  }

  public var host: String { parameters["host"] ?? parameters["hostaddr"] ?? "" }
  public var port: String { parameters["port"] ?? "5432" }
  public var database: String? { parameters["dbname"] }
  public var user: String? { parameters["user"] }
  public var hasPassword: Bool { parameters["password"]?.isEmpty == false }
  /// One of disable, allow, prefer (libpq's default), require, verify-ca, verify-full.
  public var sslMode: String { parameters["sslmode"] ?? "prefer" }

  /// The same place with a user's own sign-in.
  public func signingIn(user: String, password: String?) -> PostgresConfiguration {
    var out = self
    out.parameters["user"] = user
    out.parameters["password"] = password
    return out
  }

  /// The same server with another database.
  public func connecting(to database: String) -> PostgresConfiguration {
    var out = self
    out.parameters["dbname"] = database
    return out
  }

  /// The same with a libpq parameter set, such as `sslrootcert` or `application_name`; nil takes it away.
  public func setting(_ keyword: String, to value: String?) -> PostgresConfiguration {
    var out = self
    out.parameters[keyword] = value
    return out
  }

  /// Whether both name the same database on the same server, whoever signs in. Two names of one server count as two.
  public func isSameDatabase(as other: PostgresConfiguration) -> Bool {
    host == other.host && port == other.port && (database ?? user) == (other.database ?? other.user)
  }

  /// `text` without the password, should a library have put it there.
  func redacted(_ text: String) -> String {
    guard let password = parameters["password"], password.count >= 4 else { return text }
    return text.split(separator: password, omittingEmptySubsequences: false).joined(separator: "***")
  }
}

extension PostgresConfiguration: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// `user@host:port/database`, without the password.
  public var description: String { "\(user.map { "\($0)@" } ?? "")\(host):\(port)/\(database ?? "")" }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: ["location": description]) }
}
