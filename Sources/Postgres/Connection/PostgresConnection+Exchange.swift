import CPostgres

extension PostgresConnection {
  /// Runs a statement with its plan kept on the server.
  func runPrepared(
    _ text: String, _ values: BoundValues, _ operation: Int, _ deadline: PostgresLoop.Instant?
  ) async throws -> Rows {
    for attempt in 1... {
      let known = statements.find(text)
      let statement =
        if let known { known } else { try await prepare(text, values, operation, deadline) }
      do {
        return try await exchange(operation, deadline) { connection in
          values.withValues {
            PQsendQueryPrepared(connection, statement.name, $0, $1, $2, $3, statement.isBinary ? 1 : 0)
          }
        }
      } catch let error as PostgresError where known != nil && attempt == 1 && Self.isStalePlan(error) {
        // A changed table or a reset session: prepared again once, unless a transaction was aborted by it.
        let name = statements.remove(text)
        guard let handle, PQtransactionStatus(handle.pointer) == PQTRANS_IDLE else { throw error }
        if let name, error.sqlState != "26000" { try await deallocate(name, operation, deadline) }
      }
    }
    throw PostgresError(.other, "unreachable")
  }

  /// "cached plan must not change result type", or a statement that the session no longer has.
  private static func isStalePlan(_ error: PostgresError) -> Bool {
    error.sqlState == "26000" || (error.sqlState == "0A000" && error.message.contains("cached plan"))
  }

  private func prepare(
    _ text: String, _ values: BoundValues, _ operation: Int, _ deadline: PostgresLoop.Instant?
  ) async throws -> StatementCache.Statement {
    let name = statements.newName()
    _ = try await exchange(operation, deadline) { connection in
      values.withTypes { PQsendPrepare(connection, name, text, $0, $1) }
    }
    let description = try await exchange(operation, deadline) { PQsendDescribePrepared($0, name) }
    let isBinary = description.columns.allSatisfy { TypeNumber.readInBinary.contains($0.type) }
    if let evicted = statements.insert(text, name: name, isBinary: isBinary) {
      try await deallocate(evicted, operation, deadline)
    }
    guard let statement = statements.find(text) else { throw PostgresError(.other, "no room to prepare statements") }
    return statement
  }

  private func deallocate(_ name: String, _ operation: Int, _ deadline: PostgresLoop.Instant?) async throws {
    _ = try await runScript("DEALLOCATE \(Identifier.quoted(name))", operation, deadline)
  }

  /// Runs a statement without keeping its plan.
  func runOnce(
    _ text: String, _ values: BoundValues, _ operation: Int, _ deadline: PostgresLoop.Instant?
  ) async throws -> Rows {
    try await exchange(operation, deadline) { connection in
      values.withTypes { _, types in
        values.withValues { PQsendQueryParams(connection, text, $0, types, $1, $2, $3, 0) }
      }
    }
  }

  func runScript(
    _ text: String, _ operation: Int, _ deadline: PostgresLoop.Instant?, shielded: Bool = false
  ) async throws -> Rows {
    try await exchange(operation, deadline, shielded: shielded) { PQsendQuery($0, text) }
  }

  /// Sends, and reads all results of what was sent; the last one counts, the first error is thrown.
  ///
  /// On a timeout or an interruption the statement is cancelled and the connection given up.
  func exchange(
    _ operation: Int, _ deadline: PostgresLoop.Instant?, shielded: Bool = false, send: (OpaquePointer) -> Int32
  ) async throws -> Rows {
    guard let handle else {
      throw PostgresError(.connectionLost, "\(configuration): the connection is closed")
    }
    guard send(handle.pointer) == 1 else { throw lost(handle) }
    try await flush(handle, operation, deadline, shielded)
    var rows: Rows?
    var failure: PostgresError?
    while true {
      while PQisBusy(handle.pointer) == 1 {
        try await pause(handle, operation, .read, deadline, shielded)
        guard PQconsumeInput(handle.pointer) == 1 else { throw lost(handle) }
      }
      guard let result = PQgetResult(handle.pointer) else { break }
      defer { PQclear(result) }
      let status = PQresultStatus(result)
      if let error = ServerReply.error(result) {
        failure = failure ?? error
      } else {
        rows = ServerReply.rows(result)
      }
      if status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH {
        self.handle = nil
        break
      }
    }
    if handle.isBroken {
      // The server's last words, such as "terminating connection due to administrator command", say more.
      let error = failure ?? lost(handle)
      self.handle = nil
      throw error.code == .other ? PostgresError(.connectionLost, error.message, sqlState: error.sqlState) : error
    }
    if let failure { throw failure }
    guard let rows else { throw lost(handle) }
    return rows
  }

  /// Sends what is buffered. A server that sends while we send must be read, or both would wait for ever.
  private func flush(
    _ handle: ConnectionHandle, _ operation: Int, _ deadline: PostgresLoop.Instant?, _ shielded: Bool
  ) async throws {
    while true {
      switch PQflush(handle.pointer) {
      case 0: return
      case 1:
        try await pause(handle, operation, [.read, .write], deadline, shielded)
        guard PQconsumeInput(handle.pointer) == 1 else { throw lost(handle) }
      default: throw lost(handle)
      }
    }
  }

  private func pause(
    _ handle: ConnectionHandle, _ operation: Int, _ interest: PostgresLoop.Interest,
    _ deadline: PostgresLoop.Instant?, _ shielded: Bool
  ) async throws {
    switch await wait(operation, for: handle.socket, interest, until: deadline, shielded: shielded) {
    case .ready:
      // `close` may have been called meanwhile.
      guard self.handle === handle else {
        throw PostgresError(.connectionLost, "\(configuration): the connection was closed")
      }
    case .timedOut:
      giveUp(handle)
      throw PostgresError(.timeout, "\(configuration): no answer in the time allowed; the statement was cancelled")
    case .interrupted:
      giveUp(handle)
      throw CancellationError()
    }
  }

  private func giveUp(_ handle: ConnectionHandle) {
    handle.cancelStatement()
    self.handle = nil
  }

  private func lost(_ handle: ConnectionHandle) -> PostgresError {
    let reason = configuration.redacted(ServerReply.singleLine(handle.message))
    self.handle = nil
    return PostgresError(.connectionLost, "\(configuration): \(reason.isEmpty ? "the connection broke" : reason)")
  }
}
