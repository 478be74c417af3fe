import MLflow
import Postgres

/// Why MLflow or its database cannot be used, for a condition.
struct TrackingTrouble: Error, Sendable, Hashable {
  /// A CamelCase word for programs.
  let reason: String
  /// For people: what is so, and what to do.
  let message: String

  init(reason: String, message: String) {
    self.reason = reason
    self.message = message
  }

  /// Nil for errors that are not about tracking.
  init?(_ error: any Error) {
    switch error {
    case let error as TrackingTrouble: self = error
    case let error as MLflowError:
      self.init(reason: "Tracking" + Self.capitalised(error.code.rawValue), message: error.description)
    case let error as PostgresError:
      self.init(
        reason: "TrackingDatabase" + Self.capitalised(error.code.rawValue),
        message: "MLflow's database: \(error.description)")
    default: return nil
    }
  }

  private static func capitalised(_ word: String) -> String { word.prefix(1).uppercased() + word.dropFirst() }
}
