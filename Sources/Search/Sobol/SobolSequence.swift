/// Sobol' points (Sobol' 1967; Gray-code order after Antonov and Saleev 1979): every point is a function of its index,
/// so that they can be asked for in any order.
///
/// Without scrambling the points are those of SciPy's `qmc.Sobol(scramble=False)`, bit for bit. Scrambling is a random
/// linear matrix scramble followed by a digital shift (Matousek, J. Complexity 14, 1998), which keeps the points'
/// evenness.
struct SobolSequence: Sendable, Hashable {
  /// Numbers have so many bits, as SciPy's have.
  static let bits = 30
  private static let scale = 1 / Double(UInt32(1) << UInt32(bits))

  /// For each dimension the direction number of each bit of an index.
  private let directions: [[UInt32]]
  private let shifts: [UInt32]

  /// - Parameters:
  ///   - dimensions: those beyond `DirectionNumbers.dimensions` begin again from the second, which without scrambling
  ///     gives equal coordinates.
  ///   - scrambling: a stream of random numbers; nil for the plain sequence.
  init(dimensions: Int, scrambling stream: RandomStream? = nil) {
    var stream = stream
    var directions: [[UInt32]] = []
    var shifts: [UInt32] = []
    for dimension in 0..<max(1, dimensions) {
      let plain = Self.numbers(dimension)
      guard stream != nil else {
        directions.append(plain)
        shifts.append(0)
        continue
      }
      let rows = (0..<Self.bits).map { row -> UInt32 in
        let diagonal = UInt32(1) << UInt32(Self.bits - 1 - row)
        // Below the diagonal of a matrix whose rows begin with the most significant bit: bits above this row's own.
        let above = ~(diagonal | (diagonal - 1)) & Self.mask
        return diagonal | (Self.word(&stream) & above)
      }
      directions.append(plain.map { Self.multiply(rows, $0) })
      shifts.append(Self.word(&stream))
    }
    self.directions = directions
    self.shifts = shifts
  }

  private static let mask = (UInt32(1) << UInt32(bits)) - 1

  private static func word(_ stream: inout RandomStream?) -> UInt32 {
    UInt32(truncatingIfNeeded: (stream?.next() ?? 0) >> 32) & mask
  }

  private static func multiply(_ rows: [UInt32], _ vector: UInt32) -> UInt32 {
    var out: UInt32 = 0
    for (row, bits) in rows.enumerated() where (bits & vector).nonzeroBitCount % 2 == 1 {
      out |= UInt32(1) << UInt32(Self.bits - 1 - row)
    }
    return out
  }

  /// The direction numbers v1, v2, … of a dimension, as fractions of 2^bits (Bratley and Fox, algorithm 659, 1988).
  private static func numbers(_ dimension: Int) -> [UInt32] {
    func fraction(_ number: UInt32, _ index: Int) -> UInt32 { number << UInt32(bits - 1 - index) }
    guard dimension > 0 else { return (0..<bits).map { fraction(1, $0) } }
    let entry = DirectionNumbers.table[(dimension - 1) % DirectionNumbers.table.count]
    let polynomial = entry[0]
    let degree = 31 - polynomial.leadingZeroBitCount
    var initial = Array(entry.dropFirst())
    for index in degree..<bits {
      var next = initial[index - degree]
      for step in 1...degree where polynomial >> UInt32(degree - step) & 1 == 1 {
        next ^= initial[index - step] << UInt32(step)
      }
      initial.append(next)
    }
    return initial.enumerated().map { fraction($0.element, $0.offset) }
  }

  /// The coordinates of a point, each in [0, 1). Indexes count from 0 and repeat after 2^bits.
  func point(at index: Int) -> [Double] {
    let gray = UInt32(truncatingIfNeeded: index ^ (index >> 1)) & Self.mask
    return zip(directions, shifts).map { numbers, shift in
      var sum = shift
      var rest = gray
      while rest != 0 {
        sum ^= numbers[rest.trailingZeroBitCount]
        rest &= rest - 1
      }
      return Double(sum) * Self.scale
    }
  }
}
