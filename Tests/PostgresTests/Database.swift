import Postgres
import TestSupport

/// The shared server's databases and pools.
enum Database {
  static func pool(_ limits: PoolLimits = PoolLimits(acquireTimeout: .seconds(60))) async throws -> PostgresPool {
    let server = try await PostgreSQL.shared()
    return try PostgresPool(PostgresConfiguration(server.url()), limits: limits)
  }

  static func connection() async throws -> PostgresConnection {
    let server = try await PostgreSQL.shared()
    return try await .connect(PostgresConfiguration(server.url()), on: .shared())
  }
}
