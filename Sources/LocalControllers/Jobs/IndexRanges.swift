/// Sets of completion indexes in the text form of a Job's status: `1,3-5,7`.
enum IndexRanges {
  /// Reads the indexes below `limit`.
  static func parse(_ text: String, below limit: Int) -> Set<Int> {
    var out: Set<Int> = []
    for part in text.split(separator: ",") {
      let ends = part.split(separator: "-").compactMap { Int($0) }
      guard let first = ends.first, let last = ends.last, first >= 0 else { continue }
      let end = min(last, limit - 1)
      if first <= end { out.formUnion(first...end) }
    }
    return out
  }

  static func text(_ indexes: Set<Int>) -> String {
    var parts: [String] = []
    var run: (first: Int, last: Int)?
    func close() {
      guard let run else { return }
      let separator = run.last == run.first + 1 ? "," : "-"
      parts.append(run.first == run.last ? "\(run.first)" : "\(run.first)\(separator)\(run.last)")
    }
    for index in indexes.sorted() {
      if let current = run, index == current.last + 1 {
        run = (current.first, index)
      } else {
        close()
        run = (index, index)
      }
    }
    close()
    return parts.joined(separator: ",")
  }
}
