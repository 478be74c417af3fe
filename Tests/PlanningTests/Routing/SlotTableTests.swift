import Search
import Testing

@testable import Planning

/// A sequence of numbers that is a function of its seed (Steele, Lea, Flood 2014, SplitMix64).
private struct SplitMix: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

@Suite struct SlotTableTests {
  /// Random whole percents of up to six variants that sum to 100; some may be 0.
  private static func weights(_ generator: inout SplitMix, names: [String]) -> [(variant: String, weight: Int)] {
    var cuts = (1..<names.count).map { _ in Int.random(in: 0...100, using: &generator) }.sorted()
    cuts.append(100)
    var last = 0
    return zip(names, cuts).map { name, cut in
      defer { last = cut }
      return (name, cut - last)
    }
  }

  @Test("Slots are shared out exactly as the weights say, whatever they were before", arguments: 0..<200)
  func shares(seed: Int) {
    var generator = SplitMix(state: UInt64(seed))
    let names = (0..<Int.random(in: 2...6, using: &generator)).map { "v\($0)" }
    var table: SlotTable?
    for _ in 0..<5 {
      let weights = Self.weights(&generator, names: names)
      let next = SlotTable(weights: weights, previous: table)
      for (variant, weight) in weights { #expect(next.weights[variant] ?? 0 == weight) }
      table = next
    }
  }

  @Test(
    "As many slots move as half the sum of the weights' changes, and only from losers to gainers", arguments: 0..<200)
  func movement(seed: Int) {
    var generator = SplitMix(state: UInt64(seed) &* 7919)
    let names = (0..<Int.random(in: 2...6, using: &generator)).map { "v\($0)" }
    let before = Self.weights(&generator, names: names)
    let after = Self.weights(&generator, names: names)
    let old = SlotTable(weights: before)
    let new = SlotTable(weights: after, previous: old)
    let distance = zip(before, after).map { abs($0.weight - $1.weight) }.reduce(0, +)
    let moved = old.moved(to: new)
    #expect(moved.count == distance / 2)
    let change = Dictionary(uniqueKeysWithValues: zip(before, after).map { ($0.variant, $1.weight - $0.weight) })
    for slot in moved {
      #expect((change[old.variants[slot]] ?? 0) < 0)
      #expect((change[new.variants[slot]] ?? 0) > 0)
    }
  }

  @Test("A table reads back from its text, and text that is no table reads as none")
  func text() {
    let table = SlotTable(weights: [("a", 33), ("b", 67)])
    #expect(SlotTable(text: table.text) == table)
    #expect(SlotTable(text: table.text)?.version == table.version)
    for bad in ["", "0 a\n", "1 a\n0 b\n", String(table.text.dropFirst(2))] { #expect(SlotTable(text: bad) == nil) }
  }

  @Test("A variant that is gone gives its slots up, and the others keep theirs")
  func removal() {
    let old = SlotTable(weights: [("a", 50), ("b", 30), ("c", 20)])
    let new = SlotTable(weights: [("a", 50), ("b", 50)], previous: old)
    for (slot, variant) in old.variants.enumerated() where variant != "c" { #expect(new.variants[slot] == variant) }
    #expect(new.version != old.version)
  }
}
