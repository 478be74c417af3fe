/// Kubernetes quantities (`250m`, `1Gi`, `2e3`) as whole thousandths.
public enum Quantity {
  private static let suffixes: [(String, Double)] = [
    ("Ki", 1024), ("Mi", 1_048_576), ("Gi", 1_073_741_824), ("Ti", 1_099_511_627_776), ("Pi", 1_125_899_906_842_624),
    ("n", 1e-9), ("u", 1e-6), ("m", 1e-3), ("k", 1e3), ("M", 1e6), ("G", 1e9), ("T", 1e12), ("P", 1e15),
  ]

  /// Thousandths, rounded up; nil where the text is no quantity.
  public static func milli(_ text: String) -> Int64? {
    for (suffix, factor) in suffixes where text.hasSuffix(suffix) {
      guard let number = Double(text.dropLast(suffix.count)) else { return nil }
      return thousandths(number * factor)
    }
    return Double(text).flatMap(thousandths)
  }

  private static func thousandths(_ number: Double) -> Int64? {
    Int64(exactly: (number * 1000).rounded(.up))
  }
}
