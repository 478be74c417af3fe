import Testing

@testable import Search

@Suite("The order of numbers")
struct AscendingOrderTests {
  @Test("is that of comparing them, and equal ones stay as they came", arguments: [0, 1, 2, 7, 300])
  func order(_ count: Int) {
    var stream = RandomStream(seed: UInt64(count), number: 1)
    for scale in [1.0, 1e-300, 1e300] {
      var numbers = (0..<count).map { _ in (stream.uniform() - 0.5) * scale }
      // Ties, both zeros, and numbers that differ in the last bit.
      for index in stride(from: 0, to: count, by: 5) { numbers[index] = [0.0, -0.0, scale, scale.nextUp][index % 4] }
      let expected = numbers.indices.sorted { numbers[$0] != numbers[$1] ? numbers[$0] < numbers[$1] : $0 < $1 }
      #expect(AscendingOrder.of(numbers) == expected)
    }
  }

  @Test("is right where most are close together, where all are equal, and over the whole range of numbers")
  func extremes() {
    var stream = RandomStream(seed: 5, number: 1)
    let crowded: [Double] = (0..<200).map { $0 < 2 ? Double($0) * 1e9 : stream.uniform() }
    let (greatest, least) = (Double.greatestFiniteMagnitude, Double.leastNonzeroMagnitude)
    let whole: [Double] = [greatest, 0, -greatest, 1, -1]
    let tiny: [Double] = [least, 0, 3 * least, -least]
    for numbers in [crowded, whole, tiny, [Double](repeating: 2, count: 50)] {
      let expected = numbers.indices.sorted { numbers[$0] != numbers[$1] ? numbers[$0] < numbers[$1] : $0 < $1 }
      #expect(AscendingOrder.of(numbers) == expected)
    }
  }
}
