import MLflow
import Postgres
import Transport

/// MLflow as one profile reaches it.
struct TrackingConnection: Sendable {
  let database: TrackingDatabase
  let server: TrackingServer
}

/// One connection pool and one client for each tracking profile in use.
actor TrackingConnections {
  private let pools: DatabasePools
  private let client: HTTPClient
  private var databases: [ObjectIdentifier: TrackingDatabase] = [:]
  /// By the server's URI, of which there are as many as there are tracking profiles.
  private var gates: [String: RequestGate] = [:]

  init(pools: DatabasePools, client: HTTPClient) {
    self.pools = pools
    self.client = client
  }

  /// Throws `PostgresError` where the database's connection string cannot be used.
  func connection(to profile: TrackingProfile) async throws -> TrackingConnection {
    let configuration = try PostgresConfiguration(profile.databaseURL).setting("application_name", to: "martlet")
    let pool = try await pools.pool(for: configuration)
    // What is known of a schema lasts as long as its pool.
    let database = databases[ObjectIdentifier(pool)] ?? TrackingDatabase(pool)
    if databases[ObjectIdentifier(pool)] == nil {
      let open = await pools.openPools
      databases = databases.filter { open.contains($0.key) }
      databases[ObjectIdentifier(pool)] = database
    }
    let gate = gates[profile.uri] ?? RequestGate()
    gates[profile.uri] = gate
    let server = TrackingServer(
      TrackingServerConfiguration(uri: profile.uri, credentials: profile.credentials), client: client, gate: gate)
    return TrackingConnection(database: database, server: server)
  }
}
