/// What a work queue reports, under the names that client-go's queues have.
///
/// Source of names and buckets: controller-runtime, pkg/internal/metrics/workqueue.go.
public struct WorkQueueMetrics: Sendable {
  /// From 10 ns to 1,000 s, by factors of ten.
  public static let buckets = Histogram.exponentialBuckets(start: 1e-8, factor: 10, count: 12)

  private let name: String
  private let controller: String
  private let depth: Gauge
  private let adds: Counter
  private let queueDuration: Histogram
  private let workDuration: Histogram
  private let unfinished: Gauge
  private let longest: Gauge
  private let retries: Counter

  public init(_ registry: MetricRegistry, name: String, controller: String) {
    self.name = name
    self.controller = controller
    let labels = ["name", "controller"]
    depth = registry.gauge("workqueue_depth", help: "Current depth of workqueue", labels: labels)
    adds = registry.counter("workqueue_adds_total", help: "Total number of adds handled by workqueue", labels: labels)
    queueDuration = registry.histogram(
      "workqueue_queue_duration_seconds", help: "How long in seconds an item stays in workqueue before being requested",
      labels: labels, buckets: Self.buckets)
    workDuration = registry.histogram(
      "workqueue_work_duration_seconds", help: "How long in seconds processing an item from workqueue takes.",
      labels: labels, buckets: Self.buckets)
    unfinished = registry.gauge(
      "workqueue_unfinished_work_seconds",
      help: "Seconds of work in progress that work_duration has not observed yet; large values show stuck workers",
      labels: labels)
    longest = registry.gauge(
      "workqueue_longest_running_processor_seconds",
      help: "How many seconds the longest running worker has been on its item", labels: labels)
    retries = registry.counter(
      "workqueue_retries_total", help: "Total number of retries handled by workqueue", labels: labels)
    depth.set(name, controller, to: 0)
    adds.start(name, controller)
    queueDuration.start(name, controller)
    workDuration.start(name, controller)
    unfinished.set(name, controller, to: 0)
    longest.set(name, controller, to: 0)
    retries.start(name, controller)
  }

  public func added() { adds.increment(name, controller) }
  public func retried() { retries.increment(name, controller) }
  public func taken(afterSeconds seconds: Double) { queueDuration.observe(name, controller, value: seconds) }
  public func finished(afterSeconds seconds: Double) { workDuration.observe(name, controller, value: seconds) }

  /// Sets what is only known by looking: the depth and the ages of what is being worked on.
  public func observe(depth: Int, unfinishedSeconds: Double, longestSeconds: Double) {
    self.depth.set(name, controller, to: Double(depth))
    unfinished.set(name, controller, to: unfinishedSeconds)
    longest.set(name, controller, to: longestSeconds)
  }
}
