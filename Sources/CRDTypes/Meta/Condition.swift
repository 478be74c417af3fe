public import FoundationEssentials

/// One condition of an object, as KEP-1623 defines it.
public struct Condition: Sendable, Hashable, Codable {
  public enum Status: String, Sendable, Hashable, Codable, CaseIterable {
    case `true` = "True"
    case `false` = "False"
    case unknown = "Unknown"
  }

  public var type: String
  public var status: Status
  /// The generation of the spec that the condition was decided from.
  public var observedGeneration: Int64?
  /// When `status` last changed, RFC 3339.
  public var lastTransitionTime: String
  /// A CamelCase word for programs; never empty.
  public var reason: String
  /// For people: what is so, and what to do.
  public var message: String

  public init(
    type: String, status: Status, observedGeneration: Int64? = nil, lastTransitionTime: String = "", reason: String,
    message: String
  ) {
    self.type = type
    self.status = status
    self.observedGeneration = observedGeneration
    self.lastTransitionTime = lastTransitionTime
    self.reason = reason
    self.message = message
  }
}

extension [Condition] {
  /// The condition of a type, if it is set.
  public subscript(type: String) -> Condition? { first { $0.type == type } }

  /// These conditions as the successors of `previous`: `lastTransitionTime` is kept where the status has not
  /// flipped and is `now` elsewhere.
  public func succeeding(_ previous: [Condition], at now: Date) -> [Condition] {
    map { condition in
      var next = condition
      if let old = previous[condition.type], old.status == condition.status, !old.lastTransitionTime.isEmpty {
        next.lastTransitionTime = old.lastTransitionTime
      } else {
        next.lastTransitionTime = Timestamp.text(now)
      }
      return next
    }
  }
}
