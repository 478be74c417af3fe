/// A stream of random numbers that is a function of a seed and a stream number, the same on every machine.
///
/// The generator is xoshiro256** 1.0 (Blackman and Vigna, "Scrambled Linear Pseudorandom Number Generators",
/// 2018), its state filled by SplitMix64 (Steele, Lea and Flood, OOPSLA 2014) as its authors advise. There is no
/// global state: two streams with the same seed and number give the same numbers.
public struct RandomStream: Sendable, RandomNumberGenerator {
  private var s0: UInt64
  private var s1: UInt64
  private var s2: UInt64
  private var s3: UInt64

  /// The stream `number` of `seed`. Streams of one seed are independent for all practical purposes.
  public init(seed: UInt64, number: UInt64) {
    var source = SplitMix64(state: seed)
    var mixed = SplitMix64(state: source.next() ^ (number &* 0x9E37_79B9_7F4A_7C15))
    s0 = mixed.next()
    s1 = mixed.next()
    s2 = mixed.next()
    s3 = mixed.next()
  }

  public mutating func next() -> UInt64 {
    let multiplied = s1 &* 5
    let result = ((multiplied << 7) | (multiplied >> 57)) &* 9
    let shifted = s1 << 17
    s2 ^= s0
    s3 ^= s1
    s1 ^= s2
    s0 ^= s3
    s2 ^= shifted
    s3 = (s3 << 45) | (s3 >> 19)
    return result
  }

  /// A number in [0, 1), uniform over multiples of 2^-53.
  public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// A whole number in 0 ..< `count`, uniform without bias (Lemire, "Fast Random Integer Generation in an
  /// Interval", 2019). `count` below one counts as one.
  public mutating func index(below count: Int) -> Int {
    guard count > 1 else { return 0 }
    let bound = UInt64(count)
    var product = next().multipliedFullWidth(by: bound)
    if product.low < bound {
      let threshold = (0 &- bound) % bound
      while product.low < threshold { product = next().multipliedFullWidth(by: bound) }
    }
    return Int(product.high)
  }
}

/// SplitMix64: spreads the bits of a seed.
struct SplitMix64 {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

/// Seeds made from names.
public enum Seed {
  /// The seed of one search: a function of what identifies it (such as a UID) and of the number the user chose,
  /// so that two searches with the same number do not walk in step. FNV-1a over the text, then SplitMix64.
  public static func of(_ identity: String, _ number: Int64) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in identity.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    var source = SplitMix64(state: hash ^ UInt64(bitPattern: number))
    return source.next()
  }
}
