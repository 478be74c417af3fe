/// XXH32 with seed 0, written from its specification
/// (https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md), to compute assignments apart from the router.
enum XXHash32 {
  private static let primes: [UInt32] = [0x9E37_79B1, 0x85EB_CA77, 0xC2B2_AE3D, 0x27D4_EB2F, 0x1656_67B1]

  static func hash(_ text: String) -> UInt32 {
    let bytes = Array(text.utf8)
    func word(_ at: Int) -> UInt32 { (0..<4).reduce(0) { $0 | UInt32(bytes[at + $1]) << (8 * UInt32($1)) } }
    func rotated(_ value: UInt32, _ by: UInt32) -> UInt32 { value << by | value >> (32 - by) }
    func round(_ lane: UInt32, _ word: UInt32) -> UInt32 {
      rotated(lane &+ word &* primes[1], 13) &* primes[0]
    }
    var position = 0
    var sum: UInt32
    if bytes.count >= 16 {
      var lanes = [primes[0] &+ primes[1], primes[1], 0, 0 &- primes[0]]
      while position + 16 <= bytes.count {
        for lane in 0..<4 { lanes[lane] = round(lanes[lane], word(position + 4 * lane)) }
        position += 16
      }
      sum = rotated(lanes[0], 1) &+ rotated(lanes[1], 7) &+ rotated(lanes[2], 12) &+ rotated(lanes[3], 18)
    } else {
      sum = primes[4]
    }
    sum = sum &+ UInt32(bytes.count)
    while position + 4 <= bytes.count {
      sum = rotated(sum &+ word(position) &* primes[2], 17) &* primes[3]
      position += 4
    }
    while position < bytes.count {
      sum = rotated(sum &+ UInt32(bytes[position]) &* primes[4], 11) &* primes[0]
      position += 1
    }
    sum = (sum ^ (sum >> 15)) &* primes[1]
    sum = (sum ^ (sum >> 13)) &* primes[2]
    return sum ^ (sum >> 16)
  }
}
