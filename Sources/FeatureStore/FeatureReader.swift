public import FoundationEssentials
public import Postgres

/// Reads features of entities from an online table.
public struct FeatureReader: Sendable {
  public let definition: FeatureSetDefinition
  public let pool: PostgresPool

  public init(_ definition: FeatureSetDefinition, from pool: PostgresPool) {
    self.definition = definition
    self.pool = pool
  }

  /// Why a reading cannot be done as it is asked for: the caller's mistake.
  public struct InvalidRequest: Error, Sendable, Hashable, CustomStringConvertible {
    public let description: String
  }

  /// The features of entities, one row for each, in the order asked for.
  ///
  /// - Parameters:
  ///   - entities: for each, its keys in the order of the definition.
  ///   - features: their names; nil for all.
  ///   - now: the time at which values must be valid.
  /// - Throws: `InvalidRequest`, `PostgresError` or `CancellationError`.
  public func read(
    _ entities: [[FeatureValue]], features names: [String]? = nil, at now: Date
  ) async throws -> [FeatureRow] {
    let features = try select(names)
    guard !entities.isEmpty else { return [] }
    let keys = try definition.keys.indices.map { try column($0, of: entities) }
    let rows = try await pool.query(FeatureSQL(definition).read(keys, features: features.map(\.name)))
    let oldest = definition.ttl.map { now - $0.seconds }
    return try rows.map { try decode($0, features, oldest: oldest, now: now) }
  }

  private func select(_ names: [String]?) throws(InvalidRequest) -> [FeatureSetDefinition.Feature] {
    guard let names else { return definition.features }
    var out: [FeatureSetDefinition.Feature] = []
    for name in names {
      guard let feature = definition.features.first(where: { $0.name == name }) else {
        let known = definition.features.map(\.name).joined(separator: ", ")
        throw InvalidRequest(description: "there is no feature \(name); there are \(known)")
      }
      out.append(feature)
    }
    return out
  }

  /// One key of all entities as an array.
  private func column(_ index: Int, of entities: [[FeatureValue]]) throws(InvalidRequest) -> SQLValue {
    let key = definition.keys[index]
    func wrong(_ entity: [FeatureValue]) -> InvalidRequest {
      entity.count == definition.keys.count
        ? InvalidRequest(description: "the key \(key.name) must be \(key.type.rawValue)")
        : InvalidRequest(description: "an entity has \(definition.keys.count) keys, not \(entity.count)")
    }
    func all<Value: PostgresEncodable>(
      _ read: (FeatureValue) -> Value?
    ) throws(InvalidRequest) -> SQLValue {
      var out: [Value] = []
      out.reserveCapacity(entities.count)
      for entity in entities {
        guard entity.count == definition.keys.count, let value = read(entity[index]) else { throw wrong(entity) }
        out.append(value)
      }
      return out.sqlValue
    }
    return switch key.type {
    case .int64: try all { if case .int64(let value) = $0 { value } else { Int64?.none } }
    case .double:
      try all {
        switch $0 {
        case .double(let value): value
        case .int64(let value): Double(value)
        default: Double?.none
        }
      }
    case .string: try all { if case .string(let value) = $0 { value } else { String?.none } }
    case .bool: try all { if case .bool(let value) = $0 { value } else { Bool?.none } }
    case .timestamp: try all { if case .timestamp(let value) = $0 { value } else { Date?.none } }
    }
  }

  private func decode(
    _ row: Row, _ features: [FeatureSetDefinition.Feature], oldest: Date?, now: Date
  ) throws(PostgresError) -> FeatureRow {
    func without(_ status: FeatureStatus, _ event: Date?) -> FeatureRow {
      FeatureRow(
        values: Array(repeating: .null, count: features.count),
        statuses: Array(repeating: status, count: features.count), eventTime: event)
    }
    guard try row.decode(at: 0, as: Bool.self) else { return without(.notFound, nil) }
    let event: Date = try row.decode(at: 1)
    if let oldest, event < oldest { return without(.expired, event) }
    var values: [FeatureValue] = []
    for (index, feature) in features.enumerated() { values.append(try value(row, index + 2, feature.type)) }
    return FeatureRow(values: values, statuses: values.map { $0 == .null ? .null : .present }, eventTime: event)
  }

  private func value(
    _ row: Row, _ column: Int, _ type: FeatureSetDefinition.ValueType
  ) throws(PostgresError) -> FeatureValue {
    switch type {
    case .int64: try row.decode(at: column, as: Int64?.self).map(FeatureValue.int64) ?? .null
    case .double: try row.decode(at: column, as: Double?.self).map(FeatureValue.double) ?? .null
    case .string: try row.decode(at: column, as: String?.self).map(FeatureValue.string) ?? .null
    case .bool: try row.decode(at: column, as: Bool?.self).map(FeatureValue.bool) ?? .null
    case .timestamp: try row.decode(at: column, as: Date?.self).map(FeatureValue.timestamp) ?? .null
    }
  }
}
