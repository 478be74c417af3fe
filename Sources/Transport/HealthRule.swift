/// When a connection counts as hung, so that it is closed and the next request makes a new one.
///
/// A process that stopped running keeps its connections open, and its kernel goes on to acknowledge what is sent: only
/// silence tells. Requests in flight on a closed connection fail, and are sent again where that is safe.
public struct HealthRule: Sendable, Hashable {
  /// Requests in a row that timed out on one connection while no byte came over it.
  public var timeoutsInARow: Int
  /// How connections with long-lived streams only are examined; nil to leave them alone.
  public var probe: Probe?

  /// A request that any healthy server answers at once, whatever the status.
  public struct Probe: Sendable, Hashable {
    /// The path on the server that the silent stream came from, as `/readyz`.
    public var path: String
    /// How long nothing came over a connection with open streams before it is probed.
    public var silence: Duration
    /// How long nothing comes over it after the probe was sent before it is closed.
    public var patience: Duration

    public init(path: String, silence: Duration = .seconds(30), patience: Duration = .seconds(10)) {
      self.path = path
      self.silence = silence
      self.patience = patience
    }
  }

  public init(timeoutsInARow: Int = 2, probe: Probe? = nil) {
    self.timeoutsInARow = timeoutsInARow
    self.probe = probe
  }
}
