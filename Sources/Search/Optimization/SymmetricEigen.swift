/// The eigenvalues and eigenvectors of a symmetric matrix, by cyclic Jacobi rotations (Golub and Van Loan, Matrix
/// Computations, section 8.5): slow for large matrices, and accurate.
struct SymmetricEigen: Sendable {
  /// In no order.
  let values: [Double]
  /// Column j, `vectors[i][j]`, belongs to `values[j]`.
  let vectors: [[Double]]

  init(_ matrix: [[Double]]) {
    let size = matrix.count
    var a = matrix
    var v = (0..<size).map { row in (0..<size).map { $0 == row ? 1.0 : 0.0 } }
    for _ in 0..<64 {
      var off = 0.0
      var diagonal = 0.0
      for row in 0..<size {
        diagonal += a[row][row] * a[row][row]
        for column in 0..<row { off += a[row][column] * a[row][column] }
      }
      if off <= 1e-32 * max(diagonal, 1e-300) { break }
      for p in 0..<size {
        for q in (p + 1)..<max(size, p + 1) where a[p][q] != 0 {
          let theta = (a[q][q] - a[p][p]) / (2 * a[p][q])
          let root = (theta * theta + 1).squareRoot()
          let t = theta >= 0 ? 1 / (theta + root) : -1 / (root - theta)
          let c = 1 / (t * t + 1).squareRoot()
          let s = t * c
          for k in 0..<size {
            (a[k][p], a[k][q]) = (c * a[k][p] - s * a[k][q], s * a[k][p] + c * a[k][q])
          }
          for k in 0..<size {
            (a[p][k], a[q][k]) = (c * a[p][k] - s * a[q][k], s * a[p][k] + c * a[q][k])
          }
          for k in 0..<size {
            (v[k][p], v[k][q]) = (c * v[k][p] - s * v[k][q], s * v[k][p] + c * v[k][q])
          }
        }
      }
    }
    values = (0..<size).map { a[$0][$0] }
    vectors = v
  }
}
