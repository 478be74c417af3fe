import CPostgres
import Threads

extension PostgresConnection {
  /// Makes the connection and its session's settings, within the configuration's time to connect.
  func open() async throws {
    let deadline = ContinuousClock.now + configuration.connectTimeout
    try await exclusively(deadline: deadline) { operation, deadline in
      let parameters = try await self.resolve(operation, deadline)
      try await self.handshake(parameters, operation, deadline)
      try await self.prepareSession(operation, deadline)
    }
  }

  private func unreachable(_ reason: String) -> PostgresError {
    PostgresError(.unreachable, "\(configuration): \(reason)")
  }

  /// The parameters with the defaults of this project and with names resolved.
  private func resolve(_ operation: Int, _ deadline: PostgresLoop.Instant?) async throws -> [String: String] {
    var parameters = configuration.parameters
    // Looking for Kerberos tickets blocks and is of no use here; a silent peer is noticed in about a minute.
    let defaults = [
      "gssencmode": "disable", "client_encoding": "UTF8", "application_name": "martlet", "keepalives_idle": "30",
      "keepalives_interval": "10", "keepalives_count": "3",
    ]
    for (keyword, value) in defaults where parameters[keyword] == nil { parameters[keyword] = value }
    let found = Locked<[String: String]?>(nil)
    let loop = loop
    let wanted = parameters
    let thread = DedicatedThread.start {
      let resolved = AddressResolution.resolve(wanted)
      found.withLock { $0 = resolved }
      loop.finish(operation)
    }
    guard thread != nil else { throw PostgresError(.system, "no thread is left to resolve names on") }
    switch await wait(operation, for: nil, .read, until: deadline) {
    case .interrupted: throw CancellationError()
    case .timedOut: throw unreachable("the name \(configuration.host) did not resolve in time")
    case .ready: break
    }
    guard let resolved = found.withLock ({ $0 }) else {
      throw unreachable("the name \(configuration.host) does not resolve")
    }
    return resolved
  }

  private func handshake(
    _ parameters: [String: String], _ operation: Int, _ deadline: PostgresLoop.Instant?
  ) async throws {
    guard let handle = ConnectionHandle(parameters: parameters) else {
      throw PostgresError(.system, "out of memory for a connection")
    }
    var step = handle.isBroken ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING
    while step != PGRES_POLLING_OK {
      guard step == PGRES_POLLING_READING || step == PGRES_POLLING_WRITING else {
        throw ServerReply.connectError(handle.message, place: configuration)
      }
      let interest: PostgresLoop.Interest = step == PGRES_POLLING_READING ? .read : .write
      switch await wait(operation, for: handle.socket, interest, until: deadline) {
      case .interrupted: throw CancellationError()
      case .timedOut: throw unreachable("no answer within \(configuration.connectTimeout)")
      case .ready: step = PQconnectPoll(handle.pointer)
      }
    }
    PQsetErrorVerbosity(handle.pointer, PQERRORS_DEFAULT)
    guard PQsetnonblocking(handle.pointer, 1) == 0 else {
      throw ServerReply.connectError(handle.message, place: configuration)
    }
    self.handle = handle
  }

  private func prepareSession(_ operation: Int, _ deadline: PostgresLoop.Instant?) async throws {
    var limit = "0"
    if let timeout = configuration.statementTimeout {
      let (seconds, attoseconds) = timeout.components
      limit = String(max(1, seconds * 1000 + attoseconds / 1_000_000_000_000_000))
    }
    let settings: SQL = """
      SELECT set_config('TimeZone', 'UTC', false), set_config('DateStyle', 'ISO, YMD', false),
        set_config('bytea_output', 'hex', false), set_config('statement_timeout', \(limit), false)
      """
    _ = try await runOnce(settings.text, BoundValues(settings.values), operation, deadline)
  }

  /// Waits on the loop; a task that is cancelled already does not begin to.
  func wait(
    _ operation: Int, for descriptor: Int32?, _ interest: PostgresLoop.Interest,
    until deadline: PostgresLoop.Instant?, shielded: Bool = false
  ) async -> PostgresLoop.Outcome {
    // The check and the wait's registration are one job on the loop, so an interruption comes before or after both.
    if !shielded, Task.isCancelled { return .interrupted }
    return await loop.wait(operation, for: descriptor, interest, until: deadline)
  }
}
