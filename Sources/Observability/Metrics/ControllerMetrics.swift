/// What controllers report, under the names that controller-runtime gave them, so that dashboards and alerts
/// written for other operators work here.
///
/// Source of names and buckets: controller-runtime, pkg/internal/controller/metrics/metrics.go.
public struct ControllerMetrics: Sendable {
  /// How a reconcile ended.
  public enum Result: String, Sendable, CaseIterable {
    case success
    case error
    /// To be tried again at once or with the failure delay, without an error.
    case requeue
    /// To be looked at again after a time of its choosing.
    case requeueAfter = "requeue_after"
  }

  public static let timeBuckets: [Double] = [
    0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.25, 1.5,
    1.75, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5, 6, 7, 8, 9, 10, 15, 20, 25, 30, 40, 50, 60,
  ]

  private let controller: String
  private let total: Counter
  private let errors: Counter
  private let terminalErrors: Counter
  private let time: Histogram
  private let maximum: Gauge
  private let active: Gauge

  /// Registers the families and starts every series of `controller` at 0.
  public init(_ registry: MetricRegistry, controller: String, workers: Int) {
    self.controller = controller
    total = registry.counter(
      "controller_runtime_reconcile_total", help: "Total number of reconciliations per controller",
      labels: ["controller", "result"])
    errors = registry.counter(
      "controller_runtime_reconcile_errors_total", help: "Total number of reconciliation errors per controller",
      labels: ["controller"])
    terminalErrors = registry.counter(
      "controller_runtime_terminal_reconcile_errors_total",
      help: "Total number of terminal reconciliation errors per controller", labels: ["controller"])
    time = registry.histogram(
      "controller_runtime_reconcile_time_seconds", help: "Length of time per reconciliation per controller",
      labels: ["controller"], buckets: Self.timeBuckets)
    maximum = registry.gauge(
      "controller_runtime_max_concurrent_reconciles",
      help: "Maximum number of concurrent reconciles per controller", labels: ["controller"])
    active = registry.gauge(
      "controller_runtime_active_workers", help: "Number of currently used workers per controller",
      labels: ["controller"])
    for result in Result.allCases { total.start(controller, result.rawValue) }
    errors.start(controller)
    terminalErrors.start(controller)
    time.start(controller)
    maximum.set(controller, to: Double(workers))
    active.set(controller, to: 0)
  }

  public func began() { active.add(controller, amount: 1) }

  /// Counts a finished reconcile. A terminal error is counted both as an error and as terminal.
  public func ended(_ result: Result, terminal: Bool = false, seconds: Double) {
    active.add(controller, amount: -1)
    total.increment(controller, result.rawValue)
    if result == .error { errors.increment(controller) }
    if terminal { terminalErrors.increment(controller) }
    time.observe(controller, value: seconds)
  }
}
