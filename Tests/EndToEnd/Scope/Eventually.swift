import CRDTypes
import FoundationEssentials
import JSON
import KubernetesAPI

/// What is waited for is not so yet, and what is so instead.
struct NotYet: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

/// What was waited for cannot come any more, or did not come in time.
struct NeverCame: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

/// Asks again and again until `check` returns, and gives what it returned.
///
/// `check` throws `NotYet` to be asked again; a server that cannot be reached and an object that is not there count
/// as that. After `limit` (longer by the factor MARTLET_E2E_PATIENCE) the last of those is thrown.
@discardableResult
func eventually<Value: Sendable>(
  _ what: String, within limit: Duration = .seconds(60), every pause: Duration = .milliseconds(50),
  _ check: () async throws -> Value
) async throws -> Value {
  let limit = limit * Patience.factor
  let end = ContinuousClock.now + limit
  while true {
    let last: String
    do {
      return try await check()
    } catch let error as NotYet {
      last = error.description
    } catch let error as APIError where error.isNotFound || error.isTransient {
      last = error.description
    } catch let error as ConnectionError {
      last = "\(error)"
    }
    guard ContinuousClock.now < end else { throw NeverCame("\(what): not within \(limit): \(last)") }
    try await Task.sleep(for: pause)
  }
}

enum Patience {
  /// How much slower than a quiet machine this one may be.
  static let factor = Programs.setting("MARTLET_E2E_PATIENCE").flatMap(Double.init) ?? 1
}

extension DynamicObject {
  /// The condition of a type, whatever its status.
  func condition(_ type: String) -> JSONValue? {
    status["conditions"]?.array?.first { $0["type"]?.string == type }
  }

  /// All conditions on a line each, for messages.
  var conditionText: String {
    let lines = (status["conditions"]?.array ?? []).map { condition in
      ["type", "status", "reason", "message"].compactMap { condition[$0]?.string }.joined(separator: " ")
    }
    return lines.isEmpty ? "\(kind) \(key) has no conditions" : lines.joined(separator: "\n")
  }

  /// Whether status was made from the spec as it is.
  var isObserved: Bool { status["observedGeneration"]?.integer == generation }
}
