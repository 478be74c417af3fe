/// Sorts numbers by their bits, which for many of them takes a fraction of what comparing them does.
enum AscendingOrder {
  /// The positions of finite numbers from the least on; of equal ones the earlier comes first.
  static func of(_ numbers: [Double]) -> [Int] {
    var keys = numbers.map(key)
    var order = Array(numbers.indices)
    guard numbers.count > 1 else { return order }
    var sortedKeys = keys
    var sortedOrder = order
    // Eleven bits at a time from the lowest on, each pass keeping the order of the one before.
    for shift in stride(from: 0, to: UInt64.bitWidth, by: digitBits) {
      var starts = [Int](repeating: 0, count: 1 << digitBits)
      for key in keys { starts[digit(key, shift)] += 1 }
      // A digit that all have in common orders nothing.
      if starts[digit(keys[0], shift)] == keys.count { continue }
      var sum = 0
      for value in starts.indices { (starts[value], sum) = (sum, sum + starts[value]) }
      for position in keys.indices {
        let value = digit(keys[position], shift)
        sortedKeys[starts[value]] = keys[position]
        sortedOrder[starts[value]] = order[position]
        starts[value] += 1
      }
      swap(&keys, &sortedKeys)
      swap(&order, &sortedOrder)
    }
    return order
  }

  private static let digitBits = 11

  private static func digit(_ key: UInt64, _ shift: Int) -> Int { Int(truncatingIfNeeded: key >> UInt64(shift)) & (1 << digitBits - 1) }

  /// A whole number that is in the same order; both zeros have one.
  private static func key(_ number: Double) -> UInt64 {
    let bits = (number + 0.0).bitPattern
    return bits >> 63 == 0 ? bits | 1 << 63 : ~bits
  }
}
