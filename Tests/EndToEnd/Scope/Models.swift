import FoundationEssentials
import JSON
import TestSupport

/// Models that are logged once for all tests: the run of each by the name that it predicts.
enum Models {
  static func runs() async throws -> [String: String] { try await logged.value }

  private static let logged = Task {
    let world = try await World.shared()
    let output = try await world.mlflow.server.python(Programs.fixture("models.py"))
    guard let line = output.split(separator: "\n").last(where: { $0.hasPrefix("{") }),
      let runs = try JSONValue(parsing: String(line)).stringMap
    else { throw ServerFailure("models.py printed: \(output)") }
    return runs
  }
}
