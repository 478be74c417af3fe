/// The statements that a connection has prepared, by their text: the least recently used makes room.
struct StatementCache {
  struct Statement {
    let name: String
    /// Whether all columns of the result are types that this module reads in binary.
    let isBinary: Bool
    fileprivate(set) var lastUse = 0
  }

  let capacity: Int
  private var statements: [String: Statement] = [:]
  private var clock = 0
  private var lastName = 0

  init(capacity: Int) { self.capacity = capacity }

  var count: Int { statements.count }

  mutating func find(_ text: String) -> Statement? {
    clock += 1
    guard statements[text] != nil else { return nil }
    statements[text]?.lastUse = clock
    return statements[text]
  }

  /// A name for a new statement, used once.
  mutating func newName() -> String {
    lastName += 1
    return "martlet_\(lastName)"
  }

  /// Keeps a prepared statement; gives the name of one to deallocate in its place.
  mutating func insert(_ text: String, name: String, isBinary: Bool) -> String? {
    clock += 1
    var evicted: String?
    if statements.count >= capacity, let oldest = statements.min(by: { $0.value.lastUse < $1.value.lastUse }) {
      statements[oldest.key] = nil
      evicted = oldest.value.name
    }
    statements[text] = Statement(name: name, isBinary: isBinary, lastUse: clock)
    return evicted
  }

  /// Forgets a statement; gives its name.
  mutating func remove(_ text: String) -> String? { statements.removeValue(forKey: text)?.name }
}
