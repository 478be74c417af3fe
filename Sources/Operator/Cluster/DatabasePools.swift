import ControllerKit
import Postgres

/// One pool for each database and user in use; pools that nobody asks for any more are closed.
actor DatabasePools {
  private struct Entry {
    let pool: PostgresPool
    var lastUse: Duration
  }

  /// How long a pool is kept after its last use.
  private static let lifetime: Duration = .seconds(900)

  private let limits: PoolLimits
  private let time: any TimeSource
  private var entries: [PostgresConfiguration: Entry] = [:]

  init(limits: PoolLimits = PoolLimits(connections: 4), time: any TimeSource = SystemTime()) {
    self.limits = limits
    self.time = time
  }

  /// The pool for a configuration. Take it anew for each piece of work and do not keep it.
  func pool(for configuration: PostgresConfiguration) async throws -> PostgresPool {
    let now = time.now
    let unused = entries.filter { $0.key != configuration && now - $0.value.lastUse > Self.lifetime }
    for key in unused.keys { entries[key] = nil }
    let pool = try entries[configuration]?.pool ?? PostgresPool(configuration, limits: limits)
    entries[configuration] = Entry(pool: pool, lastUse: now)
    for entry in unused.values { await entry.pool.close() }
    return pool
  }

  /// Which pools are open.
  var openPools: Set<ObjectIdentifier> { Set(entries.values.map { ObjectIdentifier($0.pool) }) }

  func closeAll() async {
    let open = entries.values.map(\.pool)
    entries = [:]
    for pool in open { await pool.close() }
  }
}
