/// How many connections a pool has and how long they are kept.
public struct PoolLimits: Sendable, Hashable {
  /// The most connections at a time, at least 1.
  public var connections: Int
  /// How long a connection may be idle before it is closed.
  public var idleLifetime: Duration
  /// How long a request waits for a connection of a full pool.
  public var acquireTimeout: Duration

  public init(
    connections: Int = 8, idleLifetime: Duration = .seconds(60), acquireTimeout: Duration = .seconds(10)
  ) {
    self.connections = max(1, connections)
    self.idleLifetime = idleLifetime
    self.acquireTimeout = acquireTimeout
  }
}

/// What a pool's connections do at a moment.
public struct PoolStatistics: Sendable, Hashable {
  public let idle: Int
  public let leased: Int
  public let connecting: Int
  /// Requests that wait for a connection.
  public let waiting: Int
}
