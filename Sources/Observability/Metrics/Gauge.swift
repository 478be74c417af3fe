import Threads

/// A family of values that go up and down.
public final class Gauge: MetricFamily {
  public let description: MetricDescription
  private let cells = Locked<[[String]: Double]>([:])

  init(_ description: MetricDescription) {
    self.description = description
    if description.labels.isEmpty { set(to: 0) }
  }

  public func set(_ labels: String..., to value: Double) {
    let key = description.key(labels)
    cells.withLock { $0[key] = value }
  }

  public func add(_ labels: String..., amount: Double) {
    let key = description.key(labels)
    cells.withLock { $0[key, default: 0] += amount }
  }

  /// Replaces every series at once, so that those of things that are gone disappear.
  public func replaceAll(_ series: [[String]: Double]) {
    var next: [[String]: Double] = [:]
    for (labels, value) in series { next[description.key(labels)] = value }
    cells.withLock { $0 = next }
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
