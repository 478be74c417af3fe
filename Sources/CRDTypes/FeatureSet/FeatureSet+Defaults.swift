/// What a spec means where it is silent. The API server sets the same values from the schema; these hold for
/// specs that were not read from one.
extension FeatureSet.Spec {
  /// How long a value is valid after its event; nil for ever.
  public var timeToLive: Duration? { ttl.flatMap(DurationText.duration) }
  public var timeBound: FeatureSet.TimeBound { pointInTime ?? .inclusive }
  /// How often new rows are brought over; nil without an online store.
  public var interval: Duration? {
    online.map { $0.every.flatMap(DurationText.duration) ?? .seconds(300) }
  }
  /// How far behind the online store may be and still count as fresh; nil without one.
  public var freshnessLimit: Duration? { maxLag.flatMap(DurationText.duration) ?? interval.map { $0 * 3 } }
  public var isSuspended: Bool { suspend ?? false }
}

extension FeatureSet.ValueType {
  public var isNumeric: Bool { self == .int64 || self == .double }
}

extension FeatureSet {
  /// Columns that the online table has besides keys and features: the time of the event and of its writing.
  public static let reservedColumns: Set<String> = [eventTimeColumn, createdTimeColumn]
  public static let eventTimeColumn = "_event_time"
  public static let createdTimeColumn = "_created_time"
}
