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
          var sum = a[row * size + column]
          for index in 0..<column { sum -= a[row * size + index] * a[column * size + index] }
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
          var sum = x[row]
          for index in 0..<row { sum -= l[row * size + index] * x[index] }
          x[row] = sum / l[row * size + row]
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
          for column in 0..<row {
            var sum = 0.0
            for index in column..<row { sum -= l[row * size + index] * m[index * size + column] }
            m[row * size + column] = sum / l[row * size + row]
          }
          m[row * size + row] = 1 / l[row * size + row]
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
