import ControllerKit
import CRDTypes
import FoundationEssentials
import JSON
import Observability
import Threads

/// Reads Secrets one at a time and remembers each for a short while, so that the operator needs no right to list them
/// and keeps none that it does not use.
final class SecretReader: Sendable {
  private struct Entry: Sendable {
    let secret: DynamicObject?
    let readAt: Duration
  }

  /// How long what was read counts: for Secrets, and for their absence.
  private static let lifetime: Duration = .seconds(30)
  private static let absence: Duration = .seconds(5)

  private let client: any ObjectClient
  private let time: any TimeSource
  private let entries = Locked<[ObjectKey: Entry]>([:])

  init(_ client: any ObjectClient, time: any TimeSource = SystemTime()) {
    self.client = client
    self.time = time
  }

  /// Nil where there is no such Secret. Throws what the API server says.
  func secret(_ key: ObjectKey) async throws -> DynamicObject? {
    let now = time.now
    if let entry = entries.withLock({ $0[key] }),
      now - entry.readAt < (entry.secret == nil ? Self.absence : Self.lifetime)
    {
      return entry.secret
    }
    let secret = try await client.find(.secret, key)
    entries.withLock { entries in
      entries = entries.filter { now - $0.value.readAt < Self.lifetime }
      entries[key] = Entry(secret: secret, readAt: now)
    }
    return secret
  }

  /// Has a Secret read anew the next time.
  func forget(_ key: ObjectKey) { entries.withLock { $0[key] = nil } }
}

extension DynamicObject {
  /// The fields of a Secret as text, without surrounding white space: files often end with a line feed. Fields that
  /// are no UTF-8 or empty are left out.
  var fields: [String: String] {
    var out: [String: String] = [:]
    for (key, value) in json["data"]?.object ?? [:] {
      guard let data = value.string.flatMap({ Data(base64Encoded: $0) }),
        let text = String(validating: data, as: UTF8.self)
      else { continue }
      let trimmed = text.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed()
      if !trimmed.isEmpty { out[key] = String(trimmed) }
    }
    return out
  }
}
