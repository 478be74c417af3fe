import Glibc

/// The lower triangle L of a symmetric positive definite matrix, A = L Lᵀ, row by row.
struct CholeskyFactor: Sendable {
  let size: Int
  /// `size` rows of `size` numbers; those above the diagonal are zero.
  private(set) var elements: [Double]

  /// Nil where the matrix is not positive definite.
  ///
  /// - Parameter matrix: its rows one after the other; only the lower triangle is read.
  init?(_ matrix: [Double], size: Int) {
    self.size = size
    elements = matrix
    var isPositive = true
    elements.withUnsafeMutableBufferPointer { a in
      for row in 0..<size {
        for column in 0...row {
          let sum = a[row * size + column] - Self.dot(a, row * size, column * size, column)
          if row == column {
            guard sum > 0, sum.isFinite else {
              isPositive = false
              return
            }
            a[row * size + row] = sum.squareRoot()
          } else {
            a[row * size + column] = sum / a[column * size + column]
          }
        }
        for column in (row + 1)..<max(size, row + 1) { a[row * size + column] = 0 }
      }
    }
    if !isPositive { return nil }
  }

  /// The product of two runs of numbers. Four sums at a time: additions that need not wait for each other.
  private static func dot(
    _ a: UnsafeMutableBufferPointer<Double>, _ left: Int, _ right: Int, _ count: Int
  ) -> Double {
    var (s0, s1, s2, s3) = (0.0, 0.0, 0.0, 0.0)
    var index = 0
    while index + 4 <= count {
      s0 += a[left + index] * a[right + index]
      s1 += a[left + index + 1] * a[right + index + 1]
      s2 += a[left + index + 2] * a[right + index + 2]
      s3 += a[left + index + 3] * a[right + index + 3]
      index += 4
    }
    while index < count {
      s0 += a[left + index] * a[right + index]
      index += 1
    }
    return (s0 + s1) + (s2 + s3)
  }

  /// The factor of a matrix to whose diagonal as little is added as makes it positive definite.
  static func stabilised(_ matrix: [Double], size: Int) -> CholeskyFactor? {
    var jitter = 0.0
    for _ in 0..<12 {
      var tried = matrix
      for index in 0..<size { tried[index * size + index] += jitter }
      if let factor = CholeskyFactor(tried, size: size) { return factor }
      jitter = jitter == 0 ? 1e-10 : jitter * 10
    }
    return nil
  }

  /// x of L x = b.
  func solveLower(_ b: [Double]) -> [Double] {
    var x = b
    x.withUnsafeMutableBufferPointer { x in
      elements.withUnsafeBufferPointer { l in
        for row in 0..<size {
          let start = row * size
          var (s0, s1) = (0.0, 0.0)
          var index = 0
          while index + 2 <= row {
            s0 += l[start + index] * x[index]
            s1 += l[start + index + 1] * x[index + 1]
            index += 2
          }
          if index < row { s0 += l[start + index] * x[index] }
          x[row] = (x[row] - (s0 + s1)) / l[start + row]
        }
      }
    }
    return x
  }

  /// x of Lᵀ x = b.
  func solveUpper(_ b: [Double]) -> [Double] {
    var x = b
    x.withUnsafeMutableBufferPointer { x in
      elements.withUnsafeBufferPointer { l in
        for row in (0..<size).reversed() {
          x[row] /= l[row * size + row]
          let value = x[row]
          for index in 0..<row { x[index] -= l[row * size + index] * value }
        }
      }
    }
    return x
  }

  /// x of A x = b.
  func solve(_ b: [Double]) -> [Double] { solveUpper(solveLower(b)) }

  /// A⁻¹, row by row.
  func inverse() -> [Double] {
    var out = [Double](repeating: 0, count: size * size)
    // The columns of L⁻¹, then A⁻¹ = L⁻ᵀ L⁻¹.
    var lower = [Double](repeating: 0, count: size * size)
    lower.withUnsafeMutableBufferPointer { m in
      elements.withUnsafeBufferPointer { l in
        for row in 0..<size {
          let inverse = 1 / l[row * size + row]
          for index in 0..<row {
            let factor = -l[row * size + index]
            for column in 0...index { m[row * size + column] += factor * m[index * size + column] }
          }
          for column in 0..<row { m[row * size + column] *= inverse }
          m[row * size + row] = inverse
        }
      }
    }
    out.withUnsafeMutableBufferPointer { out in
      lower.withUnsafeBufferPointer { m in
        for index in 0..<size {
          for row in 0...index {
            let factor = m[index * size + row]
            for column in 0...row { out[row * size + column] += factor * m[index * size + column] }
          }
        }
        for row in 0..<size {
          for column in 0..<row { out[column * size + row] = out[row * size + column] }
        }
      }
    }
    return out
  }

  /// log |A|.
  var logDeterminant: Double {
    var sum = 0.0
    for index in 0..<size { sum += log(elements[index * size + index]) }
    return 2 * sum
  }
}
