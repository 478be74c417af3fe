import FoundationEssentials
public import Postgres

/// Compares a definition with the source's tables, without reading a row.
public struct DefinitionCheck: Sendable {
  public let definition: FeatureSetDefinition

  public init(_ definition: FeatureSetDefinition) { self.definition = definition }

  /// The problems, all at once; none if the definition can be materialised. Throws `PostgresError` where the source
  /// cannot be asked, and `CancellationError`.
  public func run(on source: PostgresPool) async throws -> [DefinitionProblem] {
    let names = nameProblems
    guard names.isEmpty else { return names }
    return try await source.withConnection { connection in
      let rows = try await connection.query(
        """
        SELECT a.attname::text FROM pg_catalog.pg_attribute a
        WHERE a.attrelid = to_regclass(\(Identifier.quoted(qualified: definition.table))) AND a.attnum > 0
          AND NOT a.attisdropped ORDER BY a.attnum
        """)
      let columns: [String] = try rows.map { try $0.decode(at: 0) }
      guard !columns.isEmpty else { return [try await missingTable(connection)] }
      var problems = missing(columns)
      for (field, expression, type) in expressions where !problems.contains(where: { $0.subject == field }) {
        if let problem = try await check(field, expression, type, connection) { problems.append(problem) }
      }
      if problems.isEmpty, let problem = try await whole(connection) { problems.append(problem) }
      return problems
    }
  }

  /// Names that would collide in the online table.
  var nameProblems: [DefinitionProblem] {
    var seen: Set<String> = []
    var problems: [DefinitionProblem] = []
    for name in definition.keys.map(\.name) + definition.features.map(\.name) {
      if name == FeatureSetDefinition.eventTime || name == FeatureSetDefinition.createdTime {
        let message = "\(name) is a reserved name: choose another"
        problems.append(.init(code: .reservedName, subject: name, message: message))
      } else if !seen.insert(name).inserted {
        problems.append(.init(code: .duplicateName, subject: name, message: "\(name) is defined twice"))
      }
    }
    return problems
  }

  private func missingTable(_ connection: PostgresConnection) async throws -> DefinitionProblem {
    let rows = try await connection.query(
      """
      SELECT CASE WHEN pg_table_is_visible(c.oid) THEN c.relname::text ELSE n.nspname || '.' || c.relname END
      FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'v', 'm', 'p', 'f') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
        AND n.nspname NOT LIKE 'pg\\_%' ORDER BY 1 LIMIT 20
      """)
    let names: [String] = try rows.map { try $0.decode(at: 0) }
    let there = names.isEmpty ? "the database has no tables" : "there are \(names.joined(separator: ", "))"
    return DefinitionProblem(
      code: .tableMissing, subject: definition.table,
      message: "the source has no table \(definition.table); \(there)")
  }

  private func missing(_ columns: [String]) -> [DefinitionProblem] {
    let wanted = definition.keys.map(\.name) + [definition.timestamp] + (definition.created.map { [$0] } ?? [])
      + definition.features.filter { $0.expression == nil }.map(\.name)
    return wanted.filter { !columns.contains($0) }.map { name in
      DefinitionProblem(
        code: .columnMissing, subject: name,
        message: "table \(definition.table) has no column \(name); it has \(columns.joined(separator: ", "))")
    }
  }

  private var expressions: [(field: String, expression: String, type: FeatureSetDefinition.ValueType)] {
    definition.keys.map { ($0.name, Identifier.quoted($0.name), $0.type) }
      + ([definition.timestamp] + (definition.created.map { [$0] } ?? [])).map {
        ($0, Identifier.quoted($0), .timestamp)
      }
      + definition.features.map { ($0.name, FeatureSQL.expression($0), $0.type) }
  }

  private func check(
    _ field: String, _ expression: String, _ type: FeatureSetDefinition.ValueType, _ connection: PostgresConnection
  ) async throws -> DefinitionProblem? {
    func invalid(_ reason: String) -> DefinitionProblem {
      DefinitionProblem(
        code: .invalidExpression, subject: field, message: "the SQL of \(field) is not valid: \(reason)")
    }
    do {
      let sql: SQL = "SELECT \(unescaped: expression) FROM \(qualified: definition.table) LIMIT 0"
      let columns = try await connection.query(sql, prepared: false).columns
      guard columns.count == 1, let column = columns.first else { return invalid("it is more than one expression") }
      if Self.accepted[type]?.contains(column.type) == true { return nil }
      let row = try await connection.query("SELECT format_type(\(Int64(column.type))::oid, NULL)").first
      let name: String = try row?.decode(at: 0) ?? "another type"
      let fitting = FeatureSetDefinition.ValueType.allCases.first { Self.accepted[$0]?.contains(column.type) == true }
      let advice = fitting.map { ": declare it \($0.rawValue), or convert it in sql" } ?? ": convert it in sql"
      return DefinitionProblem(
        code: .typeMismatch, subject: field,
        message: "\(field) is declared \(type.rawValue) and is \(name) in table \(definition.table)\(advice)")
    } catch let error as PostgresError where !error.isTransient && error.sqlState?.hasPrefix("42") == true {
      return invalid(error.message)
    }
  }

  /// The whole query once, for what only shows when all is put together, such as an aggregate among columns.
  private func whole(_ connection: PostgresConnection) async throws -> DefinitionProblem? {
    do {
      let newest = FeatureSQL(definition).newest(at: .distantPast, since: .distantPast)
      try await connection.query("SELECT * FROM (\(newest)) AS q LIMIT 0", prepared: false)
      return nil
    } catch let error as PostgresError where !error.isTransient && error.sqlState?.hasPrefix("42") == true {
      return DefinitionProblem(
        code: .invalidExpression, subject: definition.table,
        message: "the features do not fit together: \(error.message)")
    }
  }

  /// The types of PostgreSQL that read as each type without loss; numbers from pg_type.dat.
  private static let accepted: [FeatureSetDefinition.ValueType: Set<UInt32>] = [
    .int64: [20, 21, 23],
    .double: [20, 21, 23, 700, 701, 1700],
    .string: [19, 25, 1042, 1043, 2950],
    .bool: [16],
    .timestamp: [1082, 1114, 1184],
  ]
}
