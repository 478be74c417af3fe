extension ABExperiment {
  /// What the router measures itself, under these names of metrics.
  public enum RouterMeasure: String, Sendable, Hashable, CaseIterable {
    case requests
    case errorShare = "error_share"
    case latencyMean = "latency_mean_ms"
    case latency50 = "latency_p50_ms"
    case latency95 = "latency_p95_ms"
    case latency99 = "latency_p99_ms"
  }
}
