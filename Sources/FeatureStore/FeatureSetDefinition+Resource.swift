public import CRDTypes

extension FeatureSetDefinition {
  /// The definition that a resource's spec gives.
  public init(_ resource: FeatureSet) {
    let spec = resource.spec
    self.init(
      keys: spec.entity.keys.map { Key($0.name, ValueType($0.type)) },
      table: spec.source.table, timestamp: spec.source.timestamp, created: spec.source.created,
      features: spec.features.map { Feature($0.name, ValueType($0.type), expression: $0.sql) },
      ttl: spec.timeToLive, onlineName: Self.onlineName(of: resource))
  }

  /// What the online tables' names begin with: what the spec says, else the namespace and the name.
  ///
  /// A `$` stands between the two and for dots, so that no two sets of one database share a table; both it and `_`
  /// need no quotes in PostgreSQL.
  static func onlineName(of resource: FeatureSet) -> String {
    if let table = resource.spec.online?.postgres?.table { return table }
    let name = "\(resource.metadata.namespace ?? "default").\(resource.metadata.name ?? "")"
    return String(name.map { $0 == "-" ? "_" : $0 == "." ? "$" : $0 })
  }
}

extension FeatureSetDefinition.ValueType {
  init(_ type: FeatureSet.ValueType) {
    self =
      switch type {
      case .int64: .int64
      case .double: .double
      case .string: .string
      case .bool: .bool
      case .timestamp: .timestamp
      }
  }
}
