/// Connections to one database, made when needed, shared, and replaced when they break.
///
/// A connection is made in the task that needs it, so a database that is down fails that task's call and no other;
/// the next call tries again. An idle connection whose server went away is replaced before it is handed out.
public actor PostgresPool {
  public nonisolated let configuration: PostgresConfiguration
  public nonisolated let limits: PoolLimits
  private let loop: PostgresLoop
  private var machine: PoolMachine
  private var connections: [Int: PostgresConnection] = [:]
  private var requests: [Int: CheckedContinuation<PoolMachine.Grant, any Error>] = [:]
  private var alarm: Int?

  public nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

  /// A pool without connections yet. Throws `PostgresError` with the code `.system` where the process is out of
  /// threads.
  public init(_ configuration: PostgresConfiguration, limits: PoolLimits = PoolLimits()) throws(PostgresError) {
    self.configuration = configuration
    self.limits = limits
    loop = try PostgresLoop.shared()
    machine = PoolMachine(limits: limits)
  }

  /// Lends a connection to `body`. Throws `PostgresError`, `CancellationError` or what `body` throws.
  @discardableResult
  public nonisolated func withConnection<Value>(
    _ body: (PostgresConnection) async throws -> Value
  ) async throws -> Value {
    let (number, connection) = try await lease()
    do {
      let value = try await body(connection)
      await giveBack(number)
      return value
    } catch {
      await giveBack(number)
      throw error
    }
  }

  /// Runs one statement on any connection. See `PostgresConnection.query`.
  @discardableResult
  public nonisolated func query(_ sql: SQL, timeout: Duration? = nil, prepared: Bool = true) async throws -> Rows {
    try await withConnection { try await $0.query(sql, timeout: timeout, prepared: prepared) }
  }

  /// Runs `body` in a transaction on a connection of its own. See `PostgresConnection.transaction`.
  @discardableResult
  public nonisolated func transaction<Value>(
    isolation: TransactionIsolation = .readCommitted, readOnly: Bool = false,
    _ body: (PostgresConnection) async throws -> Value
  ) async throws -> Value {
    try await withConnection { try await $0.transaction(isolation: isolation, readOnly: readOnly, body) }
  }

  public var statistics: PoolStatistics {
    var idle = 0
    var leased = 0
    var connecting = 0
    for slot in machine.slots.values {
      switch slot {
      case .idle: idle += 1
      case .leased: leased += 1
      case .connecting: connecting += 1
      }
    }
    return PoolStatistics(idle: idle, leased: leased, connecting: connecting, waiting: machine.waiting.count)
  }

  /// Closes idle connections and refuses further requests; a connection that is lent is closed when it comes back.
  public func close() async {
    let (idle, refused) = machine.close()
    for request in refused {
      requests.removeValue(forKey: request)?.resume(throwing: Self.closed(configuration))
    }
    for number in idle { await connections.removeValue(forKey: number)?.close() }
    rearm()
  }

  private static func closed(_ place: PostgresConfiguration) -> PostgresError {
    PostgresError(.poolClosed, "\(place): the pool is closed")
  }

  // MARK: Leases

  private func lease() async throws -> (Int, PostgresConnection) {
    while true {
      try Task.checkCancellation()
      guard !machine.isClosed else { throw Self.closed(configuration) }
      switch try await grant() {
      case .connect(let number):
        return (number, try await connect(number))
      case .use(let number):
        guard let connection = connections[number], await connection.isAlive() else {
          connections[number] = nil
          wake(machine.removed(number))
          continue
        }
        return (number, connection)
      }
    }
  }

  private func connect(_ number: Int) async throws -> PostgresConnection {
    do {
      let connection = try await PostgresConnection.connect(configuration, on: loop)
      machine.connected(number)
      connections[number] = connection
      return connection
    } catch {
      wake(machine.removed(number))
      throw error
    }
  }

  private func giveBack(_ number: Int) async {
    guard let connection = connections[number] else { return }
    if await connection.isReusable, !machine.isClosed {
      wake(machine.released(number, at: .now))
    } else {
      await connection.close()
      connections[number] = nil
      wake(machine.removed(number))
    }
    rearm()
  }

  private func grant() async throws -> PoolMachine.Grant {
    let request = loop.newNumber()
    if let grant = machine.acquire(request) { return grant }
    let timeout = loop.alarm(at: .now + limits.acquireTimeout) { [weak self] in
      self?.assumeIsolated { $0.refuse(request, $0.timeoutError) }
    }
    defer { loop.cancelAlarm(timeout) }
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        // The machine has the request in its queue, and this is still the same job on the loop.
        requests[request] = continuation
        if Task.isCancelled { refuse(request, CancellationError()) }
      }
    } onCancel: {
      loop.perform { [weak self] in
        self?.assumeIsolated { $0.refuse(request, CancellationError()) }
      }
    }
  }

  private var timeoutError: PostgresError {
    PostgresError(
      .poolTimeout,
      "\(configuration): none of the pool's \(limits.connections) connections came free "
        + "within \(limits.acquireTimeout)")
  }

  private func refuse(_ request: Int, _ error: any Error) {
    guard machine.cancel(request) else { return }
    requests.removeValue(forKey: request)?.resume(throwing: error)
  }

  private func wake(_ wake: PoolMachine.Wake?) {
    guard let wake else { return }
    requests.removeValue(forKey: wake.request)?.resume(returning: wake.grant)
  }

  // MARK: Idle connections

  private func rearm() {
    if let alarm { loop.cancelAlarm(alarm) }
    alarm = machine.nextExpiry.map { time in
      loop.alarm(at: time) { [weak self] in self?.assumeIsolated { $0.expire() } }
    }
  }

  private func expire() {
    // The last reference closes the connection; nobody uses one that is idle.
    for number in machine.expire(at: .now) { connections[number] = nil }
    alarm = nil
    rearm()
  }
}
