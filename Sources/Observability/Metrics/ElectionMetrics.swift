/// Whether this process leads, under client-go's name.
public struct ElectionMetrics: Sendable {
  private let name: String
  private let status: Gauge

  public init(_ registry: MetricRegistry, name: String) {
    self.name = name
    status = registry.gauge(
      "leader_election_master_status",
      help: "Whether this process is the leader of the named lease: 1 if it is, 0 if it is a standby",
      labels: ["name"])
    status.set(name, to: 0)
  }

  public func leads(_ leading: Bool) { status.set(name, to: leading ? 1 : 0) }
}
