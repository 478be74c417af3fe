import Glibc
import Postgres
import TestSupport
import Testing

@Suite("Failures on a real server")
struct FailureTests {
  @Test(
    "the server's errors have a code to act on",
    arguments: [
      ("SELECT * FROM nosuch", .undefinedTable), ("SELECT nosuch FROM pg_class", .undefinedColumn),
      ("SELECT nosuch()", .undefinedFunction), ("SELEC 1", .syntax), ("SELECT 1 / 0", .other),
      ("SELECT 'a'::int", .typeMismatch), ("SELECT 1 WHERE 1 = 'a'::text", .undefinedFunction),
    ] as [(String, PostgresError.Code)])
  func codes(sql: String, code: PostgresError.Code) async throws {
    let connection = try await Database.connection()
    for prepared in [true, false] {
      let error = await #expect(throws: PostgresError.self) {
        try await connection.query(SQL(unescaped: sql), prepared: prepared)
      }
      #expect(error?.code == code)
      #expect(error?.sqlState?.count == 5)
    }
    #expect(try await connection.query("SELECT 1").count == 1)
  }

  @Test("a violated constraint is named")
  func constraint() async throws {
    let connection = try await Database.connection()
    try await connection.script("CREATE TEMP TABLE t (id int CONSTRAINT only_once PRIMARY KEY)")
    try await connection.query("INSERT INTO t VALUES (\(1))")
    let error = await #expect(throws: PostgresError.self) { try await connection.query("INSERT INTO t VALUES (\(1))") }
    #expect(error?.code == .uniqueViolation)
    #expect(error?.constraint == "only_once")
    #expect(error?.isTransient == false)
  }

  @Test("a wrong password is told apart, and is not in the message")
  func wrongPassword() async throws {
    let server = try await PostgreSQL.shared()
    let error = try await failure(server.url(password: "wr0ng-Hare"))
    #expect(error.code == .authenticationFailed)
    #expect(error.sqlState == "28P01")
    #expect(!"\(error)".contains("wr0ng"))
    #expect("\(error)".contains("postgres@127.0.0.1:\(server.port)"))
    #expect(try await failure(server.url(password: nil)).code == .authenticationFailed)
  }

  @Test("a missing database, a closed port and an unknown name are told apart")
  func places() async throws {
    let server = try await PostgreSQL.shared()
    #expect(try await failure(server.url(database: "nosuch")).code == .databaseMissing)
    let closed = try await failure("postgresql://u:secret@127.0.0.1:\(FreePort.next())/d")
    #expect(closed.code == .unreachable)
    #expect(closed.isTransient)
    let unknown = try await failure("postgresql://u:secret@nosuch.invalid/d")
    #expect(unknown.code == .unreachable)
    #expect(unknown.message.contains("nosuch.invalid does not resolve"))
    #expect(!unknown.message.contains("secret"))
  }

  @Test("a server that accepts and never answers is given up in time")
  func silent() async throws {
    let server = try await PostgreSQL.start()
    var place = try PostgresConfiguration(server.url())
    let pool = try PostgresPool(place)
    let backend = try #require(try await pool.query("SELECT pg_backend_pid()").first).decode(at: 0, as: Int.self)
    await server.pause(true)
    kill(pid_t(backend), SIGSTOP)
    place.connectTimeout = .milliseconds(200)
    let error = await #expect(throws: PostgresError.self) { try await PostgresConnection.connect(place, on: .shared()) }
    #expect(error?.code == .unreachable)
    let silent = await #expect(throws: PostgresError.self) {
      try await pool.query("SELECT 1", timeout: .milliseconds(200))
    }
    #expect(silent?.code == .timeout)
    kill(pid_t(backend), SIGCONT)
    await server.pause(false)
    #expect(try await pool.query("SELECT 1").count == 1)
    await server.stop()
  }

  @Test("a statement that takes too long is cancelled on the server")
  func timeout() async throws {
    let pool = try await Database.pool()
    let error = await #expect(throws: PostgresError.self) {
      try await pool.query("SELECT pg_sleep(600), 'slow one'", timeout: .milliseconds(100))
    }
    #expect(error?.code == .timeout)
    try await expectGone("slow one", pool)
  }

  @Test("the server itself ends what takes longer than the configuration allows, and the connection is kept")
  func serverTimeout() async throws {
    let server = try await PostgreSQL.shared()
    let connection = try await PostgresConnection.connect(PostgresConfiguration(server.url()), on: .shared())
    try await connection.script("SET statement_timeout = 50")
    let error = await #expect(throws: PostgresError.self) { try await connection.query("SELECT pg_sleep(600)") }
    #expect(error?.code == .timeout)
    #expect(await connection.isOpen)
    let plain = try await PostgresConnection.connect(
      PostgresConfiguration(server.url(), statementTimeout: .milliseconds(1500)), on: .shared())
    let row = try #require(try await plain.query("SHOW statement_timeout").first)
    #expect(try row.decode(at: 0, as: String.self) == "1500ms")
  }

  @Test("a cancelled task's statement is cancelled on the server")
  func cancellation() async throws {
    let pool = try await Database.pool()
    let task = Task { try await pool.query("SELECT pg_sleep(600), 'cancelled one'") }
    try await waitFor(
      """
      SELECT 1 FROM pg_stat_activity
      WHERE state = 'active' AND pid <> pg_backend_pid() AND query LIKE '%cancelled one%'
      """, pool)
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    try await expectGone("cancelled one", pool)
    #expect(try await pool.query("SELECT 1").count == 1)
  }

  @Test("a task that is cancelled before it starts sends nothing")
  func cancelledBefore() async throws {
    let pool = try await Database.pool()
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      try await pool.query("SELECT 1")
    }
    await #expect(throws: CancellationError.self) { try await task.value }
  }

  private func failure(_ url: String) async throws -> PostgresError {
    let place = try PostgresConfiguration(url)
    let error = await #expect(throws: PostgresError.self) { try await PostgresConnection.connect(place, on: .shared()) }
    return try #require(error)
  }

  private func expectGone(_ mark: String, _ pool: PostgresPool) async throws {
    try await waitFor(
      """
      SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM pg_stat_activity
        WHERE state = 'active' AND pid <> pg_backend_pid() AND query LIKE \("%\(mark)%"))
      """, pool)
  }

  /// Asks until there is a row; the server does the waiting.
  private func waitFor(_ sql: SQL, _ pool: PostgresPool) async throws {
    for _ in 0..<500 {
      if try await !pool.query(sql).isEmpty { return }
      try await pool.query("SELECT pg_sleep(0.02)")
    }
    Issue.record("never: \(sql.text)")
  }
}
