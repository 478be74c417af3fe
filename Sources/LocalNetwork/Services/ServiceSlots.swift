/// Which of a frontend's numbered servers stands for which endpoint. Pure.
///
/// HAProxy changes a server's address without a reload, and ends no connection by it, as long as the server is there;
/// so each frontend has more servers than it needs, and an endpoint keeps the one it was given.
struct ServiceSlots: Sendable, Hashable {
  /// Servers of a frontend; more endpoints than that are not used.
  static let count = 32

  private(set) var held: [String: [String?]] = [:]

  /// A change of one server.
  struct Change: Sendable, Hashable {
    var frontend: String
    var slot: Int
    /// nil takes the server out.
    var endpoint: String?
  }

  /// Brings the slots of a frontend in line with its endpoints and says what changed.
  mutating func update(_ frontend: String, endpoints: [String]) -> [Change] {
    var slots = held[frontend] ?? Array(repeating: nil, count: Self.count)
    var changes: [Change] = []
    for (slot, endpoint) in slots.enumerated() {
      guard let endpoint, !endpoints.contains(endpoint) else { continue }
      slots[slot] = nil
      changes.append(Change(frontend: frontend, slot: slot, endpoint: nil))
    }
    for endpoint in endpoints where !slots.contains(endpoint) {
      guard let slot = slots.firstIndex(of: nil) else { break }
      slots[slot] = endpoint
      changes.removeAll { $0.slot == slot }
      changes.append(Change(frontend: frontend, slot: slot, endpoint: endpoint))
    }
    held[frontend] = slots
    // New endpoints take traffic before old ones stop to.
    return changes.sorted { ($0.endpoint == nil ? 1 : 0, $0.slot) < ($1.endpoint == nil ? 1 : 0, $1.slot) }
  }

  mutating func keepOnly(_ frontends: Set<String>) { held = held.filter { frontends.contains($0.key) } }
}
