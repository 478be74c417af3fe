import Postgres
import TestSupport
import Testing

@Suite("Connections and pools on a real server")
struct ConnectionTests {
  @Test("many tasks share a few connections and each gets its own answer")
  func concurrency() async throws {
    let pool = try await Database.pool(PoolLimits(connections: 4, acquireTimeout: .seconds(60)))
    try await withThrowingTaskGroup { group in
      for number in 0..<200 {
        group.addTask {
          let row = try #require(try await pool.query("SELECT \(number) AS n").first)
          #expect(try row.decode("n", as: Int.self) == number)
        }
      }
      try await group.waitForAll()
    }
    let statistics = await pool.statistics
    #expect(statistics.idle <= 4 && statistics.leased == 0 && statistics.waiting == 0)
    await pool.close()
    #expect(await pool.statistics.idle == 0)
    let error = await #expect(throws: PostgresError.self) { try await pool.query("SELECT 1") }
    #expect(error?.code == .poolClosed)
  }

  @Test("statements of one connection run one after another")
  func serial() async throws {
    let connection = try await Database.connection()
    try await withThrowingTaskGroup { group in
      for number in 0..<50 {
        group.addTask {
          let row = try #require(try await connection.query("SELECT \(number) AS n").first)
          #expect(try row.decode("n", as: Int.self) == number)
        }
      }
      try await group.waitForAll()
    }
  }

  @Test("a request of a full pool gives up in time or when its task is cancelled")
  func full() async throws {
    let pool = try await Database.pool(PoolLimits(connections: 1, acquireTimeout: .milliseconds(50)))
    try await pool.withConnection { _ in
      let error = await #expect(throws: PostgresError.self) { try await pool.query("SELECT 1") }
      #expect(error?.code == .poolTimeout)
    }
    let patient = try await Database.pool(PoolLimits(connections: 1, acquireTimeout: .seconds(60)))
    try await patient.withConnection { _ in
      let task = Task { try await patient.query("SELECT 1") }
      while await patient.statistics.waiting == 0 { await Task.yield() }
      task.cancel()
      await #expect(throws: CancellationError.self) { try await task.value }
    }
    #expect(try await patient.query("SELECT 1").count == 1)
  }

  @Test("idle connections are closed after their time")
  func idle() async throws {
    let pool = try await Database.pool(PoolLimits(connections: 2, idleLifetime: .milliseconds(1)))
    try await pool.query("SELECT 1")
    while await pool.statistics.idle > 0 { await Task.yield() }
    #expect(try await pool.query("SELECT 1").count == 1)
  }

  @Test("a pool comes through its server's going away and coming back")
  func restart() async throws {
    let server = try await PostgreSQL.start()
    let pool = try PostgresPool(PostgresConfiguration(server.url()))
    try await pool.query("SELECT 1")
    await server.stop()
    let down = await #expect(throws: PostgresError.self) { try await pool.query("SELECT 1") }
    #expect(down?.code == .unreachable)
    #expect(down?.isTransient == true)
    try await server.start()
    #expect(try await pool.query("SELECT 1").count == 1)
    let broken = await #expect(throws: PostgresError.self) {
      try await pool.query("SELECT pg_terminate_backend(pg_backend_pid())")
    }
    #expect(broken?.code == .connectionLost)
    #expect(try await pool.query("SELECT 1").count == 1)
    await server.stop()
  }

  @Test("a transaction commits when its body returns and rolls back when it throws")
  func transactions() async throws {
    let pool = try await Database.pool()
    try await pool.withConnection { connection in
      try await connection.script("CREATE TEMP TABLE t (n bigint)")
      try await connection.transaction { try await $0.query("INSERT INTO t VALUES (\(1))") }
      struct Stop: Error {}
      await #expect(throws: Stop.self) {
        try await connection.transaction {
          try await $0.query("INSERT INTO t VALUES (\(2))")
          throw Stop()
        }
      }
      let swallowed = await #expect(throws: PostgresError.self) {
        try await connection.transaction {
          try await $0.query("INSERT INTO t VALUES (\(3))")
          _ = try? await $0.query("SELECT nosuch")
        }
      }
      #expect(swallowed?.message.contains("undoes all of it") == true)
      let readOnly = await #expect(throws: PostgresError.self) {
        try await connection.transaction(readOnly: true) { try await $0.query("CREATE TABLE x (n int)") }
      }
      #expect(readOnly?.code == .readOnly)
      let kept = try await connection.query("SELECT n FROM t").map { try $0.decode("n", as: Int.self) }
      #expect(kept == [1])
    }
    try await pool.withConnection { try await $0.script("BEGIN") }
    #expect(await pool.statistics.idle == 0, "a connection left in a transaction is not kept")
  }

  @Test("a changed table does not break prepared statements")
  func stalePlan() async throws {
    let connection = try await Database.connection()
    try await connection.script("CREATE TEMP TABLE t (n int); INSERT INTO t VALUES (1)")
    #expect(try await connection.query("SELECT * FROM t").first?.columns.count == 1)
    try await connection.script("ALTER TABLE t ADD COLUMN m text DEFAULT 'x'")
    #expect(try await connection.query("SELECT * FROM t").first?.columns.count == 2)
    try await connection.script("DISCARD ALL")
    #expect(try await connection.query("SELECT 1").count == 1)
    try await connection.script("DEALLOCATE ALL")
    #expect(try await connection.query("SELECT 1").count == 1)
  }

  @Test("a connection keeps a bounded number of prepared statements")
  func boundedStatements() async throws {
    let connection = try await Database.connection()
    for number in 0..<300 { try await connection.query(SQL(unescaped: "SELECT \(number)")) }
    let rows = try await connection.query("SELECT count(*) FROM pg_prepared_statements", prepared: false)
    let row = try #require(rows.first)
    #expect(try row.decode(at: 0, as: Int.self) == 256)
  }

  @Test("COPY is refused and costs only the connection")
  func copy() async throws {
    let pool = try await Database.pool()
    await #expect(throws: PostgresError.self) { try await pool.query("COPY pg_class TO STDOUT", prepared: false) }
    #expect(try await pool.query("SELECT 1").count == 1)
  }

  @Test("TLS modes do what libpq says they do")
  func tls() async throws {
    let server = try await PostgreSQL.start(tls: true)
    let certificates = try #require(server.certificates)
    let root = "sslrootcert=\(certificates.authorityPath)"
    func connect(_ query: String, host: String = "localhost") async throws -> Bool {
      let place = try PostgresConfiguration(server.url(host: host, query: query))
      return try await PostgresConnection.connect(place, on: .shared()).usesTLS
    }
    #expect(try await connect("sslmode=verify-full&\(root)"))
    #expect(try await connect("sslmode=require"))
    #expect(try await connect(""))
    let wrong = [("sslmode=disable", "127.0.0.1"), ("sslmode=verify-full&sslrootcert=/nonexistent", "localhost")]
    for (query, host) in wrong {
      let error = await #expect(throws: PostgresError.self) { try await connect(query, host: host) }
      #expect(error?.code == .tls)
      #expect(error.map { "\($0)".contains(PostgreSQL.password) } == false)
    }
    let folder = try TemporaryFolder()
    let stranger = try folder.write("stranger.pem", String(decoding: certificates.strangerPEM(), as: UTF8.self))
    let error = await #expect(throws: PostgresError.self) {
      try await connect("sslmode=verify-ca&sslrootcert=\(stranger)")
    }
    #expect(error?.code == .tls)
    await server.stop()
  }
}
