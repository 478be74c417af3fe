import Threads

/// A family of distributions, counted into cumulative buckets.
public final class Histogram: MetricFamily {
  private struct Cell: Sendable {
    /// Not cumulative: how many fell into each bucket; the last is +Inf.
    var counts: [UInt64]
    var sum = 0.0
  }

  public let description: MetricDescription
  private let buckets: [Double]
  private let cells = Locked<[[String]: Cell]>([:])

  /// The default buckets of the Prometheus client libraries, in seconds.
  public static let defaultBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

  /// `count` bounds, each `factor` times the one before.
  public static func exponentialBuckets(start: Double, factor: Double, count: Int) -> [Double] {
    var bounds: [Double] = []
    var bound = start
    for _ in 0..<count {
      bounds.append(bound)
      bound *= factor
    }
    return bounds
  }

  init(_ description: MetricDescription, buckets: [Double]) {
    self.description = description
    self.buckets = buckets.filter(\.isFinite).sorted()
    if description.labels.isEmpty { start() }
  }

  /// Makes the series exist with no observations.
  public func start(_ labels: String...) {
    let key = description.key(labels)
    cells.withLock { cells in
      if cells[key] == nil { cells[key] = Cell(counts: Array(repeating: 0, count: buckets.count + 1)) }
    }
  }

  /// Counts an observation; NaN is ignored.
  public func observe(_ labels: String..., value: Double) {
    guard !value.isNaN else { return }
    let key = description.key(labels)
    let bucket = buckets.firstIndex { value <= $0 } ?? buckets.count
    cells.withLock { cells in
      cells[key, default: Cell(counts: Array(repeating: 0, count: buckets.count + 1))].counts[bucket] += 1
      cells[key]?.sum += value
    }
  }

  /// How many values a series has seen.
  public func count(_ labels: String...) -> UInt64 {
    let key = description.key(labels)
    return cells.withLock { $0[key]?.counts.reduce(0, +) ?? 0 }
  }

  func write(into out: inout String) {
    let name = description.name
    let labels = description.labels
    for (key, cell) in cells.withLock({ $0.sorted { $0.key.lexicographicallyPrecedes($1.key) } }) {
      var total: UInt64 = 0
      for (index, count) in cell.counts.enumerated() {
        total += count
        let bound = index < buckets.count ? TextExposition.text(buckets[index]) : "+Inf"
        TextExposition.writeSample(
          name + "_bucket", labels: labels, values: key, extra: ("le", bound), value: Double(total), into: &out)
      }
      TextExposition.writeSample(name + "_sum", labels: labels, values: key, value: cell.sum, into: &out)
      TextExposition.writeSample(name + "_count", labels: labels, values: key, value: Double(total), into: &out)
    }
  }
}
