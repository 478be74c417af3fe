import CRDTypes

extension ConditionList {
  /// What is said of a resource of whose objects the API server does not take one: by validation, which only another
  /// spec can help, or by a quota, an admission policy or a missing right, which may go. Conditions of the kind's own
  /// stay as they were.
  static func refused(
    _ message: String, isFinal: Bool, generation: Int64?, after previous: [Condition]?
  ) -> ConditionList {
    var list = ConditionList(generation: generation)
    let summary: Set<String> = ["Ready", "Reconciling", "Stalled"]
    for condition in previous ?? [] where !summary.contains(condition.type) {
      list.set(condition.type, condition.status, condition.reason, condition.message)
    }
    let text = "the API server refuses an object of this resource: \(message)"
    if isFinal {
      list.stalled("ObjectRefused", text)
    } else {
      list.reconciling("ObjectRefused", text, isTrouble: true)
    }
    return list
  }
}
