public import FoundationEssentials

/// A value of a key or a feature.
public enum FeatureValue: Sendable, Hashable {
  case null
  case int64(Int64)
  case double(Double)
  case string(String)
  case bool(Bool)
  case timestamp(Date)
}

/// What is known of an entity's features.
public enum FeatureStatus: String, Sendable, Hashable {
  case present = "PRESENT"
  /// The entity's newest row has no value for it.
  case null = "NULL"
  /// There is no row for the entity.
  case notFound = "NOT_FOUND"
  /// The entity's newest row is no longer valid.
  case expired = "EXPIRED"
}

/// An entity's features at a time.
public struct FeatureRow: Sendable, Hashable {
  /// In the order they were asked for; null unless the status is present.
  public let values: [FeatureValue]
  public let statuses: [FeatureStatus]
  /// The time of the event that the values come from, also where they have expired.
  public let eventTime: Date?

  public init(values: [FeatureValue], statuses: [FeatureStatus], eventTime: Date?) {
    self.values = values
    self.statuses = statuses
    self.eventTime = eventTime
  }
}
