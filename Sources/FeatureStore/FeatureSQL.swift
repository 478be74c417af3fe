public import FoundationEssentials
public import Postgres

/// The SQL of a feature set: text from the definition, with names quoted and times bound.
///
/// Of several rows of an entity the one with the latest event counts, then the one written last, then, of exact ties,
/// the one whose features are the greatest as text: the same one wherever and whenever it is asked.
public struct FeatureSQL: Sendable {
  public let definition: FeatureSetDefinition

  public init(_ definition: FeatureSetDefinition) { self.definition = definition }

  static func quoted(_ name: String) -> String { Identifier.quoted(name) }

  var keyList: String { definition.keys.map { Self.quoted($0.name) }.joined(separator: ", ") }
  var featureList: String { definition.features.map { Self.quoted($0.name) }.joined(separator: ", ") }
  static let times = "\(quoted(FeatureSetDefinition.eventTime)), \(quoted(FeatureSetDefinition.createdTime))"
  /// All columns of the online table, in order.
  var columnList: String { "\(keyList), \(Self.times), \(featureList)" }
  var table: String { Self.quoted(definition.onlineTable) }

  /// The expression of a feature. The line break ends a comment that the expression may end with.
  static func expression(_ feature: FeatureSetDefinition.Feature) -> String {
    feature.expression.map { "(\($0)\n)" } ?? quoted(feature.name)
  }

  private func tieBreak(of table: String) -> String {
    "ROW(\(definition.features.map { "\(table).\(Self.quoted($0.name))" }.joined(separator: ", ")))::text COLLATE \"C\""
  }

  // MARK: Online tables

  /// Makes the online table of the version.
  public var createTable: String {
    let keys = definition.keys.map { "\(Self.quoted($0.name)) \($0.type.sqlType) NOT NULL" }
    let times = [FeatureSetDefinition.eventTime, FeatureSetDefinition.createdTime].map {
      "\(Self.quoted($0)) timestamptz NOT NULL"
    }
    let features = definition.features.map { "\(Self.quoted($0.name)) \($0.type.sqlType)" }
    return """
      CREATE TABLE IF NOT EXISTS \(table) (
        \((keys + times + features).joined(separator: ",\n  ")),
        PRIMARY KEY (\(keyList))
      )
      """
  }

  // MARK: From the source to the online table

  /// The newest valid row of each entity.
  ///
  /// - Parameters:
  ///   - now: rows of later events are left out, and those that are no longer valid.
  ///   - since: only rows that were written, or whose event came, after this time; nil for all. Without a column for
  ///     the time of writing there is no telling which rows are new, and all are read.
  public func newest(at now: Date, since: Date?) -> SQL {
    let keys = definition.keys.map { "\(Self.quoted($0.name))::\($0.type.sqlType) AS \(Self.quoted($0.name))" }
    let event = "\(Self.quoted(definition.timestamp))::timestamptz"
    let created = definition.created.map { "\(Self.quoted($0))::timestamptz" }
    let features = definition.features.map { "\(Self.expression($0))::\($0.type.sqlType) AS \(Self.quoted($0.name))" }
    let columns = keys + [
      "\(event) AS \(Self.quoted(FeatureSetDefinition.eventTime))",
      "coalesce(\(created ?? "NULL"), '-infinity'::timestamptz) AS \(Self.quoted(FeatureSetDefinition.createdTime))",
    ] + features
    let named = definition.keys.map { " AND \(Self.quoted($0.name)) IS NOT NULL" }.joined()
    var condition: SQL = "\(unescaped: event) <= \(now)\(unescaped: named)"
    if let ttl = definition.ttl { condition += " AND \(unescaped: event) >= \(now - ttl.seconds)" }
    if let created, let since {
      condition += """
         AND (\(unescaped: created) > \(since) OR \(unescaped: created) IS NULL OR \(unescaped: event) > \(since))
        """
    }
    return """
      SELECT DISTINCT ON (\(unescaped: keyList)) \(unescaped: columnList)
      FROM (
        SELECT \(unescaped: columns.joined(separator: ",\n    "))
        FROM \(qualified: definition.table)
        WHERE \(condition)
      ) AS s
      ORDER BY \(unescaped: keyList), \(identifier: FeatureSetDefinition.eventTime) DESC, \
      \(identifier: FeatureSetDefinition.createdTime) DESC, \(unescaped: tieBreak(of: "s")) DESC
      """
  }

  /// Puts rows into the online table; a row that is there is replaced only by one that counts before it, so rows may
  /// come in any order and more than once.
  public func upsert(_ rows: SQL) -> SQL {
    let changed = [FeatureSetDefinition.eventTime, FeatureSetDefinition.createdTime] + definition.features.map(\.name)
    let assignments = changed.map { "\(Self.quoted($0)) = EXCLUDED.\(Self.quoted($0))" }
    func times(_ table: String) -> String {
      let names = [FeatureSetDefinition.eventTime, FeatureSetDefinition.createdTime]
      return "(\(names.map { "\(table).\(Self.quoted($0))" }.joined(separator: ", ")))"
    }
    return """
      INSERT INTO \(unescaped: table) AS o (\(unescaped: columnList))
      \(rows)
      ON CONFLICT (\(unescaped: keyList)) DO UPDATE SET \(unescaped: assignments.joined(separator: ", "))
      WHERE \(unescaped: times("o")) < \(unescaped: times("EXCLUDED"))
        OR (\(unescaped: times("o")) = \(unescaped: times("EXCLUDED"))
          AND \(unescaped: tieBreak(of: "o")) < \(unescaped: tieBreak(of: "EXCLUDED")))
      """
  }

  /// Rows that are given as one array a column, in the columns' text form.
  func rows(_ columns: [[String?]]) -> SQL {
    let types = definition.keys.map(\.type.sqlType) + ["timestamptz", "timestamptz"]
      + definition.features.map(\.type.sqlType)
    let arrays = zip(columns, types).map { values, type in "\(values)::\(unescaped: type)[]" as SQL }
    return "SELECT * FROM unnest(\(SQL.joined(arrays, separator: ", ")))"
  }

  /// Removes the rows that are no longer valid; nil where they are valid for ever.
  public func deleteExpired(at now: Date) -> SQL? {
    definition.ttl.map { ttl in
      "DELETE FROM \(unescaped: table) WHERE \(identifier: FeatureSetDefinition.eventTime) < \(now - ttl.seconds)"
    }
  }

  // MARK: Reading

  /// The rows of entities in the order they are asked for: whether there is one, its event, the features. The keys
  /// are one array a key column.
  func read(_ keys: [SQLValue], features: [String]) -> SQL {
    let arrays = zip(keys, definition.keys).map { "\($0)::\(unescaped: $1.type.sqlType)[]" as SQL }
    let match = definition.keys.map { "o.\(Self.quoted($0.name)) = q.\(Self.quoted($0.name))" }
    let columns = features.map { ", o.\(Self.quoted($0))" }
    let event = Self.quoted(FeatureSetDefinition.eventTime)
    return """
      SELECT o.\(unescaped: event) IS NOT NULL, o.\(unescaped: event)\(unescaped: columns.joined())
      FROM unnest(\(SQL.joined(arrays, separator: ", "))) WITH ORDINALITY AS q(\(unescaped: keyList), _position)
      LEFT JOIN \(unescaped: table) AS o ON \(unescaped: match.joined(separator: " AND "))
      ORDER BY q._position
      """
  }

  /// The number of rows, the newest times, and for each feature: values that are not NULL, and for numbers the least
  /// and the greatest.
  var profile: String {
    let features = definition.features.map { feature in
      let name = Self.quoted(feature.name)
      let isNumber = feature.type == .int64 || feature.type == .double
      // NaN is greater than every number and would hide the greatest.
      let finite = feature.type == .double ? " FILTER (WHERE \(name) <> 'NaN')" : ""
      let range = ["min", "max"].map { isNumber ? "\($0)(\(name))\(finite)::float8" : "NULL::float8" }
      return ",\n  count(\(name)), \(range.joined(separator: ", "))"
    }
    let created = Self.quoted(FeatureSetDefinition.createdTime)
    return """
      SELECT count(*), max(\(Self.quoted(FeatureSetDefinition.eventTime))), \
      max(\(created)) FILTER (WHERE \(created) <> '-infinity')\(features.joined())
      FROM \(table)
      """
  }
}

extension Duration {
  /// The duration in seconds.
  var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
