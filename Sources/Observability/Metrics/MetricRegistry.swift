import Threads

/// The metrics of a process, and their text form for Prometheus.
///
/// Asking for a family that exists, with the same kind and labels, gives the existing one, so several parts of a
/// program may share a family. Asking with another kind or other labels is a programming error and traps.
public final class MetricRegistry: Sendable {
  private struct State: Sendable {
    var families: [String: any MetricFamily] = [:]
    var refreshers: [@Sendable () -> Void] = []
  }

  private let state = Locked(State())

  public init() {}

  /// A value that only goes up. By convention the name ends in `_total`.
  public func counter(_ name: String, help: String, labels: [String] = []) -> Counter {
    family(Counter(MetricDescription(name: name, help: help, kind: .counter, labels: labels)))
  }

  /// A value that goes up and down.
  public func gauge(_ name: String, help: String, labels: [String] = []) -> Gauge {
    family(Gauge(MetricDescription(name: name, help: help, kind: .gauge, labels: labels)))
  }

  /// A distribution, counted into buckets. `buckets` are upper bounds in ascending order, without +Inf.
  public func histogram(
    _ name: String, help: String, labels: [String] = [], buckets: [Double] = Histogram.defaultBuckets
  ) -> Histogram {
    family(Histogram(MetricDescription(name: name, help: help, kind: .histogram, labels: labels), buckets: buckets))
  }

  /// Calls `refresh` before each exposition, to set gauges whose value is only computed when asked for.
  public func beforeExposition(_ refresh: @escaping @Sendable () -> Void) {
    state.withLock { $0.refreshers.append(refresh) }
  }

  /// Every family in the Prometheus text exposition format 0.0.4, sorted by name and labels.
  public func exposition() -> String {
    // Refreshers set gauges of this registry and may take their own locks: they run outside of this one.
    for refresh in state.withLock({ $0.refreshers }) { refresh() }
    let families = state.withLock { $0.families.values.sorted { $0.description.name < $1.description.name } }
    var out = ""
    for family in families {
      TextExposition.writeHeader(family.description, into: &out)
      family.write(into: &out)
    }
    return out
  }

  private func family<Family: MetricFamily>(_ candidate: Family) -> Family {
    state.withLock { state in
      let description = candidate.description
      guard let existing = state.families[description.name] else {
        state.families[description.name] = candidate
        return candidate
      }
      guard let same = existing as? Family, existing.description.labels == description.labels else {
        preconditionFailure("metric \(description.name) is registered twice, with different kinds or labels")
      }
      return same
    }
  }
}

/// What identifies and explains a metric family.
public struct MetricDescription: Sendable, Hashable {
  public enum Kind: String, Sendable { case counter, gauge, histogram }

  public let name: String
  public let help: String
  public let kind: Kind
  public let labels: [String]
}

/// All series of one name.
protocol MetricFamily: AnyObject, Sendable {
  var description: MetricDescription { get }
  func write(into out: inout String)
}

extension MetricDescription {
  /// Label values as a table key: as many as there are labels.
  func key(_ values: [String]) -> [String] {
    assert(values.count == labels.count, "\(name) has labels \(labels), got \(values)")
    if values.count == labels.count { return values }
    return labels.indices.map { values.indices.contains($0) ? values[$0] : "" }
  }
}
