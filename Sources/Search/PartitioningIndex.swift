extension RandomAccessCollection where Index == Int {
  /// The first index from which on `isAfter` holds, by halving: it must hold for all elements after one for which it does.
  @inlinable
  package func partitioningIndex(_ isAfter: (Element) -> Bool) -> Int {
    var low = startIndex
    var high = endIndex
    while low < high {
      let middle = (low + high) / 2
      if isAfter(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
