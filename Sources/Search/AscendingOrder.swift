/// Sorts numbers by where they lie in their range, which for many of them takes a fraction of what comparing each
/// with others does.
enum AscendingOrder {
  /// The positions of finite numbers from the least on; of equal ones the earlier comes first.
  static func of(_ numbers: [Double]) -> [Int] {
    // Halved, as the distance of the farthest numbers may be beyond the greatest.
    guard let least = numbers.min().map({ 0.5 * $0 }), let greatest = numbers.max().map({ 0.5 * $0 }) else { return [] }
    let spread = greatest - least
    guard spread.isNormal else { return numbers.indices.sorted { (numbers[$0], $0) < (numbers[$1], $1) } }
    let buckets = numbers.map { Int((0.5 * $0 - least) / spread * Double(numbers.count)) }
    var ends = [Int](repeating: 0, count: numbers.count + 2)
    for bucket in buckets { ends[bucket + 1] += 1 }
    for bucket in ends.indices.dropFirst() { ends[bucket] += ends[bucket - 1] }
    var order = [Int](repeating: 0, count: numbers.count)
    for position in numbers.indices {
      order[ends[buckets[position]]] = position
      ends[buckets[position]] += 1
    }
    // Where a bucket began is where the one before it ends by now.
    var start = 0
    for end in ends {
      if end - start > 1 { sort(&order, start..<end, numbers) }
      start = end
    }
    return order
  }

  /// Sorts the positions of one bucket, which are in order of number where there are few or all are equal.
  private static func sort(_ order: inout [Int], _ range: Range<Int>, _ numbers: [Double]) {
    guard range.count <= 16 else {
      let isSorted = range.dropFirst().allSatisfy { numbers[order[$0 - 1]] <= numbers[order[$0]] }
      if !isSorted { order[range].sort { (numbers[$0], $0) < (numbers[$1], $1) } }
      return
    }
    for index in range.dropFirst() {
      let position = order[index]
      var place = index
      while place > range.lowerBound, numbers[order[place - 1]] > numbers[position] {
        order[place] = order[place - 1]
        place -= 1
      }
      order[place] = position
    }
  }
}
