import CPostgres

/// A connection to PostgreSQL.
///
/// Statements of one connection run one after another, in the order of their calls. A cancelled task's statement is
/// cancelled on the server too, and the connection is given up, as the server's state is then unknown. Every
/// connection has UTC as its time zone and UTF-8 as its encoding.
public actor PostgresConnection {
  public nonisolated let configuration: PostgresConfiguration
  let loop: PostgresLoop
  /// Nil once the connection is given up.
  var handle: ConnectionHandle?
  var statements = StatementCache(capacity: 256)
  private var isBusy = false
  private var queue: [CheckedContinuation<Void, Never>] = []

  public nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

  private init(_ configuration: PostgresConfiguration, loop: PostgresLoop) {
    self.configuration = configuration
    self.loop = loop
  }

  /// Connects. Throws `PostgresError` or `CancellationError`.
  public static func connect(
    _ configuration: PostgresConfiguration, on loop: PostgresLoop
  ) async throws -> PostgresConnection {
    let connection = PostgresConnection(configuration, loop: loop)
    try await connection.open()
    return connection
  }

  /// Whether statements can still be sent: false after a failure of the connection, a timeout or a cancellation.
  public var isOpen: Bool { handle != nil }

  /// The server's version as a number, such as 150018 for 15.18.
  public var serverVersion: Int { handle.map { Int(PQserverVersion($0.pointer)) } ?? 0 }

  /// Whether the connection is encrypted.
  public var usesTLS: Bool { handle.map { PQsslInUse($0.pointer) == 1 } ?? false }

  /// Runs one statement and gives its rows.
  ///
  /// The statement is prepared at its first use on the connection and its plan kept; `prepared: false` is for
  /// statements that are not used again. `timeout` can shorten the configuration's limit. Throws `PostgresError` or
  /// `CancellationError`.
  @discardableResult
  public func query(_ sql: SQL, timeout: Duration? = nil, prepared: Bool = true) async throws -> Rows {
    try await exclusively(deadline: deadline(timeout)) { operation, deadline in
      let values = try BoundValues(sql.values)
      return prepared
        ? try await self.runPrepared(sql.text, values, operation, deadline)
        : try await self.runOnce(sql.text, values, operation, deadline)
    }
  }

  /// Runs statements separated by semicolons, such as a file of definitions; the result is the last one's.
  @discardableResult
  public func script(_ text: String, timeout: Duration? = nil) async throws -> Rows {
    try await exclusively(deadline: deadline(timeout)) { operation, deadline in
      try await self.runScript(text, operation, deadline)
    }
  }

  /// Prepares a statement and forgets it again, to learn whether the server accepts it. Throws what the server says.
  public func check(_ text: String) async throws {
    try await exclusively(deadline: deadline(nil)) { operation, deadline in
      _ = try await self.exchange(operation, deadline) { PQsendPrepare($0, "", text, 0, nil) }
    }
  }

  /// Runs `body` in a transaction: committed if it returns, rolled back if it throws.
  ///
  /// After an error of the server nothing of the transaction can be kept: a body that catches one and returns fails.
  @discardableResult
  public nonisolated func transaction<Value>(
    isolation: TransactionIsolation = .readCommitted, readOnly: Bool = false,
    _ body: (PostgresConnection) async throws -> Value
  ) async throws -> Value {
    try await script("BEGIN ISOLATION LEVEL \(isolation.rawValue)\(readOnly ? " READ ONLY" : "")")
    do {
      let value = try await body(self)
      // The server answers COMMIT with success there too, and rolls back.
      guard await !isAborted else {
        throw PostgresError(.other, "the transaction went on after an error of the server, which undoes all of it")
      }
      try await script("COMMIT")
      return value
    } catch {
      await rollback()
      throw error
    }
  }

  /// Ends the connection. Statements that wait for their turn fail.
  public func close() { handle = nil }

  /// Whether the next user can have it: open, idle, and outside any transaction.
  var isReusable: Bool {
    guard let handle, !isBusy else { return false }
    return !handle.isBroken && PQtransactionStatus(handle.pointer) == PQTRANS_IDLE
  }

  /// Whether an idle connection still stands: a server that went away has closed the socket.
  func isAlive() -> Bool {
    guard let handle else { return false }
    // The first call may read the server's farewell; only the next one then sees the end.
    guard PQconsumeInput(handle.pointer) == 1, PQconsumeInput(handle.pointer) == 1, !handle.isBroken else {
      self.handle = nil
      return false
    }
    return true
  }

  // MARK: Turns

  private func deadline(_ timeout: Duration?) -> PostgresLoop.Instant? {
    guard let limit = timeout ?? configuration.statementTimeout else { return nil }
    return ContinuousClock.now + min(limit, configuration.statementTimeout ?? limit)
  }

  /// Runs `work` when all calls before it are done; a cancelled task interrupts it.
  func exclusively<Value: Sendable>(
    deadline: PostgresLoop.Instant?, shielded: Bool = false,
    _ work: (Int, PostgresLoop.Instant?) async throws -> Value
  ) async throws -> Value {
    if isBusy {
      await withCheckedContinuation { queue.append($0) }
    }
    isBusy = true
    defer {
      isBusy = false
      if !queue.isEmpty {
        isBusy = true
        queue.removeFirst().resume()
      }
    }
    let operation = loop.newNumber()
    if shielded { return try await work(operation, deadline) }
    try Task.checkCancellation()
    return try await withTaskCancellationHandler {
      try await work(operation, deadline)
    } onCancel: {
      loop.interrupt(operation)
    }
  }

  private var isAborted: Bool { handle.map { PQtransactionStatus($0.pointer) == PQTRANS_INERROR } ?? false }

  private func rollback() async {
    guard let handle, PQtransactionStatus(handle.pointer) != PQTRANS_IDLE else { return }
    let limit = ContinuousClock.now + .seconds(10)
    do {
      _ = try await exclusively(deadline: limit, shielded: true) { operation, deadline in
        try await self.runScript("ROLLBACK", operation, deadline, shielded: true)
      }
    } catch {
      // Without the connection the server rolls back by itself.
      self.handle = nil
    }
  }
}

/// What a transaction sees of others (https://www.postgresql.org/docs/current/transaction-iso.html).
public enum TransactionIsolation: String, Sendable {
  case readCommitted = "READ COMMITTED"
  case repeatableRead = "REPEATABLE READ"
  case serializable = "SERIALIZABLE"
}
