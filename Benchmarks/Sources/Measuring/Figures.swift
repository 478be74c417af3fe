import FoundationEssentials

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The figures of one run of a benchmark; written as one line of JSON for the script that makes the tables.
public struct Figures: Codable, Sendable {
  public var operations: Int
  /// Wall-clock seconds.
  public var seconds: Double
  /// Half of the operations took at most this many milliseconds.
  public var p50: Double
  public var p99: Double
  /// User and system time of this process, in microseconds an operation.
  public var cpuMicroseconds: Double

  public init(samples: [Duration], seconds: Double, cpuSeconds: Double) {
    let sorted = samples.sorted()
    operations = samples.count
    self.seconds = seconds
    p50 = Self.percentile(0.5, of: sorted)
    p99 = Self.percentile(0.99, of: sorted)
    cpuMicroseconds = samples.isEmpty ? 0 : cpuSeconds * 1e6 / Double(samples.count)
  }

  /// Nearest rank, in milliseconds; 0 where there are no samples.
  static func percentile(_ share: Double, of sorted: [Duration]) -> Double {
    guard !sorted.isEmpty else { return 0 }
    let rank = Int((share * Double(sorted.count)).rounded(.up))
    return sorted[min(max(rank, 1), sorted.count) - 1].milliseconds
  }
}

extension Duration {
  public var milliseconds: Double { seconds * 1000 }
  public var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}

/// Prints a value as one line of JSON, at once.
public func report(_ value: some Encodable) throws {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys]
  print(String(decoding: try encoder.encode(value), as: UTF8.self))
  fflush(nil)
}
