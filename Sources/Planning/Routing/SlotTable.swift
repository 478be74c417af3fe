/// Which variant each of 100 slots of users belongs to.
///
/// A user is hashed to one of 10,000 buckets and 100 neighbouring buckets make a slot, so a slot is one percent of
/// the users: weights are whole percents. Changing the weights moves as few slots as the change itself needs, and
/// only from variants that lose weight to variants that gain it.
public struct SlotTable: Sendable, Hashable {
  public static let count = 100
  public static let buckets = 10_000

  /// The variant of each slot.
  public let variants: [String]

  /// - Parameters:
  ///   - weights: whole percents that sum to 100, in the order of the variants.
  ///   - previous: the slots as they were; slots of variants that are no longer there are free.
  public init(weights: [(variant: String, weight: Int)], previous: SlotTable? = nil) {
    var slots: [String?] = Array(repeating: nil, count: Self.count)
    var left = Dictionary(weights.map { ($0.variant, $0.weight) }, uniquingKeysWith: { first, _ in first })
    for (slot, variant) in (previous?.variants ?? []).enumerated() {
      guard let room = left[variant], room > 0 else { continue }
      slots[slot] = variant
      left[variant] = room - 1
    }
    for (variant, _) in weights {
      while let room = left[variant], room > 0, let free = slots.firstIndex(of: nil) {
        slots[free] = variant
        left[variant] = room - 1
      }
    }
    let fallback = weights.first?.variant ?? ""
    variants = slots.map { $0 ?? fallback }
  }

  /// Reads the text form; nil where it is not 100 lines of `SLOT VARIANT` in order.
  public init?(text: String) {
    var out: [String] = []
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: " ")
      guard parts.count == 2 else { return nil }
      if parts[0] == "version" { continue }
      guard Int(parts[0]) == out.count else { return nil }
      out.append(String(parts[1]))
    }
    guard out.count == Self.count else { return nil }
    variants = out
  }

  /// A short text that two tables share only if they are equal.
  public var version: String { ShortHash.of(variants.joined(separator: " ")) }

  /// The map file of the router: a line for each slot, and the version.
  public var text: String {
    variants.enumerated().map { "\($0.offset) \($0.element)\n" }.joined() + "version \(version)\n"
  }

  /// The slots in which another table differs from this one.
  public func moved(to other: SlotTable) -> [Int] { variants.indices.filter { variants[$0] != other.variants[$0] } }

  /// The share of each variant, in percent.
  public var weights: [String: Int] { variants.reduce(into: [:]) { $0[$1, default: 0] += 1 } }
}
