/// Rows in aligned columns, as `kubectl get` prints them: three spaces between, nothing after the last.
struct TextTable: Sendable, Hashable {
  var header: [String]
  var rows: [[String]]

  init(_ header: [String], _ rows: [[String]] = []) {
    self.header = header
    self.rows = rows
  }

  /// The lines, each without a line break.
  var lines: [String] {
    let all = [header] + rows
    let widths = header.indices.map { column in all.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0 }
    return all.map { row in
      var line = ""
      for (column, cell) in row.enumerated() {
        line += cell
        guard column < row.count - 1, column < widths.count else { continue }
        line += String(repeating: " ", count: widths[column] - cell.count + 3)
      }
      while line.last == " " { line.removeLast() }
      return line
    }
  }

  var text: String { lines.joined(separator: "\n") }
}
