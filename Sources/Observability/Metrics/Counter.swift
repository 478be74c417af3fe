import Threads

/// A family of values that only go up.
public final class Counter: MetricFamily {
  public let description: MetricDescription
  private let cells = Locked<[[String]: Double]>([:])

  init(_ description: MetricDescription) {
    self.description = description
    if description.labels.isEmpty { start() }
  }

  /// Makes the series exist with value 0, so that a rate over its first increment is not lost.
  public func start(_ labels: String...) {
    let key = description.key(labels)
    cells.withLock { $0[key, default: 0] += 0 }
  }

  /// Adds to a series; a negative or non-finite amount is ignored.
  public func increment(_ labels: String..., by amount: Double = 1) {
    guard amount >= 0, amount.isFinite else { return }
    let key = description.key(labels)
    cells.withLock { $0[key, default: 0] += amount }
  }

  /// Sets a series to a total that is counted elsewhere, such as by the kernel; it never goes down.
  public func raise(_ labels: String..., to total: Double) {
    let key = description.key(labels)
    cells.withLock { $0[key] = max($0[key] ?? 0, total) }
  }

  /// The value of a series, 0 where it does not exist.
  public func value(_ labels: String...) -> Double {
    let key = description.key(labels)
    return cells.withLock { $0[key] ?? 0 }
  }

  func write(into out: inout String) {
    for (key, value) in cells.withLock({ $0.sorted { $0.key.lexicographicallyPrecedes($1.key) } }) {
      TextExposition.writeSample(
        description.name, labels: description.labels, values: key, value: value, into: &out)
    }
  }
}
