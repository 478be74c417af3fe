import CRDTypes
import FoundationEssentials

/// The conditions that every sweep has, in one place so that they agree.
enum SweepConditions {
  /// Sets Ready, and Reconciling and Stalled where they hold (absent otherwise, as kstatus reads them); other
  /// conditions come in `more`, or stay if they are not among those that this project sets anew each time.
  static func set(
    _ status: inout TrainingSweep.Status, _ sweep: TrainingSweep, _ now: Date, ready: Condition.Status,
    _ reason: String, _ message: String, isReconciling: Bool = false, isStalled: Bool = false,
    more: [Condition]? = nil
  ) {
    let generation = sweep.metadata.generation
    func condition(_ type: String, _ state: Condition.Status) -> Condition {
      Condition(
        type: type, status: state, observedGeneration: generation, reason: reason,
        message: message.keepingEnd(greatestMessage))
    }
    let previous = sweep.status?.conditions ?? []
    let own: Set<String> = ["Ready", "Reconciling", "Stalled"]
    var conditions = [condition("Ready", ready)]
    if isReconciling { conditions.append(condition("Reconciling", .true)) }
    if isStalled { conditions.append(condition("Stalled", .true)) }
    conditions += more ?? previous.filter { !own.contains($0.type) }
    status.conditions = conditions.succeeding(previous, at: now)
    status.observedGeneration = generation
  }

  /// The API server takes 32,768 bytes; a person takes fewer.
  private static let greatestMessage = 2048
}
