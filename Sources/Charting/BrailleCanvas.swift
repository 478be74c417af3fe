/// A drawing of dots, two by four in each character cell (Unicode's Braille patterns).
struct BrailleCanvas: Sendable {
  let columns: Int
  let rows: Int
  private var cells: [UInt8]

  init(columns: Int, rows: Int) {
    self.columns = columns
    self.rows = rows
    cells = [UInt8](repeating: 0, count: columns * rows)
  }

  /// The bits of a cell's dots, by row and column.
  private static let bits: [[UInt8]] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]]

  /// Sets the dot at a place from 0 to 1, from the lower left.
  mutating func set(_ x: Double, _ y: Double) {
    let column = min(columns * 2 - 1, max(0, Int(x * Double(columns * 2))))
    let row = min(rows * 4 - 1, max(0, Int((1 - y) * Double(rows * 4))))
    cells[row / 4 * columns + column / 2] |= Self.bits[row % 4][column % 2]
  }

  /// A level line to the next point's place, and from there up or down to it.
  mutating func step(from: (Double, Double), to: (Double, Double)) {
    let across = max(1, Int(abs(to.0 - from.0) * Double(columns * 2)))
    for index in 0...across { set(from.0 + (to.0 - from.0) * Double(index) / Double(across), from.1) }
    let up = max(1, Int(abs(to.1 - from.1) * Double(rows * 4)))
    for index in 0...up { set(to.0, from.1 + (to.1 - from.1) * Double(index) / Double(up)) }
  }

  var lines: [[Character]] {
    (0..<rows).map { row in
      (0..<columns).map { column in
        let bits = cells[row * columns + column]
        guard bits != 0, let scalar = Unicode.Scalar(0x2800 + UInt32(bits)) else { return " " }
        return Character(scalar)
      }
    }
  }
}
