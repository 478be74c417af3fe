/// Sees each step of a plan before and after it is carried out, and may end the plan there by throwing.
///
/// The steps of a plan are numbered from 0 in the order in which they begin, also where they go on side by side; the
/// status, where it is written, comes after the last. In production `before` is the guard that this process still leads;
/// in tests `aborting(after:)` stands for a crash.
public struct StepObserver: Sendable {
  public let before: @Sendable (Int) async throws -> Void
  public let after: @Sendable (Int) async throws -> Void

  public init(
    before: @escaping @Sendable (Int) async throws -> Void = { _ in },
    after: @escaping @Sendable (Int) async throws -> Void = { _ in }
  ) {
    self.before = before
    self.after = after
  }

  /// Lets no step begin that this process is not the leader for.
  public static func leading(_ elector: LeaderElector) -> StepObserver {
    StepObserver(before: { _ in try elector.checkMayWrite() })
  }

  /// Throws `Aborted` when so many steps have been carried out.
  public static func aborting(after count: Int) -> StepObserver {
    StepObserver(
      before: { if $0 >= count { throw Aborted(step: $0) } },
      after: { if $0 + 1 >= count { throw Aborted(step: $0) } })
  }

  public struct Aborted: Error, Sendable, Hashable {
    public let step: Int
  }
}
