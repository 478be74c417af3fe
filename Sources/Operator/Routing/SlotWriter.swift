import ControllerKit
import JSON
import Observability
import Planning
import Threads

/// Gives running routers their slots while a plan is carried out.
struct SlotWriter: Sendable {
  let client: RouterClient
  let token: String
  let context: ReconcileContext
  private let changed = Locked(false)

  /// How soon routers that took their slots are asked whether they have them.
  private static let settling: Duration = .milliseconds(200)

  init(_ client: RouterClient, token: String?, _ context: ReconcileContext) {
    self.client = client
    self.token = token ?? ""
    self.context = context
  }

  /// A router that does not take them is asked again at the next look: others are not held up by one that has gone.
  func write(_ change: SlotChange) async throws {
    do {
      try await client.set(change.slots, address: change.address, token: token)
      changed.withLock { $0 = true }
    } catch {
      if error is CancellationError { throw error }
      context.log.warning(
        "A router did not take its slots",
        ["pod": .string(change.pod), "error": .string(String(describing: error))])
    }
  }

  /// When to plan again.
  func next(_ planned: Next) -> Next { changed.withLock { $0 } ? planned.earliest(.after(Self.settling)) : planned }
}
