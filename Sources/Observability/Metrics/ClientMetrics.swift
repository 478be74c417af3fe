/// What a Kubernetes client reports, under client-go's names.
///
/// Source of names and buckets: k8s.io/component-base, metrics/prometheus/restclient.
public struct ClientMetrics: Sendable {
  public static let buckets = [0.005, 0.025, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0]

  private let requests: Counter
  private let duration: Histogram

  public init(_ registry: MetricRegistry) {
    requests = registry.counter(
      "rest_client_requests_total", help: "Number of HTTP requests, partitioned by status code, method, and host.",
      labels: ["code", "method", "host"])
    duration = registry.histogram(
      "rest_client_request_duration_seconds", help: "Request latency in seconds, by verb and host.",
      labels: ["verb", "host"], buckets: Self.buckets)
  }

  /// Counts a request. `status` is nil where no answer came; client-go calls that code `<error>`.
  public func answered(status: Int?, method: String, host: String, seconds: Double) {
    requests.increment(status.map { String($0) } ?? "<error>", method, host)
    duration.observe(method, host, value: seconds)
  }
}
