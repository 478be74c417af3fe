import CRDTypes
import Planning
import Postgres

/// Connections that users keep in Secrets.
struct DatabaseSecret: Sendable {
  let secrets: SecretReader

  /// The longest that a statement of a materialisation may take.
  private static let statementTimeout: Duration = .seconds(600)

  /// The connection that a Secret holds: `uri` (or `url`), or `host` with `port`, `user`, `password`, `dbname` and
  /// `sslmode`.
  ///
  /// Throws `FeatureSetTrouble`, or what the API server says.
  func configuration(_ key: ObjectKey, field: String) async throws -> PostgresConfiguration {
    guard let secret = try await secrets.secret(key) else {
      throw FeatureSetTrouble(
        reason: "SecretNotFound",
        message: "there is no Secret \(key.name) in this namespace: create it or change \(field)",
        isTransient: true)
    }
    return try Self.configuration(secret.fields, name: key.name)
  }

  static func configuration(_ fields: [String: String], name: String) throws -> PostgresConfiguration {
    do {
      return try PostgresConfiguration(fields: { fields[$0] }, statementTimeout: statementTimeout)
    } catch {
      throw FeatureSetTrouble(
        reason: "SecretIncomplete", message: "Secret \(name) cannot be used: \(error.message)", isTransient: false)
    }
  }
}

/// Why a feature set's database cannot be used, for a condition.
struct FeatureSetTrouble: Error, Sendable, Hashable {
  let reason: String
  let message: String
  let isTransient: Bool

  init(reason: String, message: String, isTransient: Bool) {
    self.reason = reason
    self.message = message
    self.isTransient = isTransient
  }

  /// Nil for errors that are not about the databases.
  init?(_ error: any Error) {
    switch error {
    case let error as FeatureSetTrouble: self = error
    case let error as PostgresError:
      let word = error.code.rawValue
      self.init(
        reason: "Database" + word.prefix(1).uppercased() + word.dropFirst(), message: error.description,
        isTransient: error.isTransient)
    default: return nil
    }
  }

  var observed: FeatureSetObservation.Trouble {
    FeatureSetObservation.Trouble(reason: reason, message: message, isTransient: isTransient)
  }
}
