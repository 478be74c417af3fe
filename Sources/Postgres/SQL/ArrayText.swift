/// The text form of one-dimensional arrays (https://www.postgresql.org/docs/current/arrays.html, 8.15.6).
enum ArrayText {
  static func write(_ elements: [String?]) -> String {
    var out = "{"
    for (index, element) in elements.enumerated() {
      if index > 0 { out += "," }
      guard let element else {
        out += "NULL"
        continue
      }
      out += "\""
      for scalar in element.unicodeScalars {
        if scalar == "\"" || scalar == "\\" { out.unicodeScalars.append("\\") }
        out.unicodeScalars.append(scalar)
      }
      out += "\""
    }
    return out + "}"
  }

  /// The elements of an array's text form; nil where the text is no one-dimensional array.
  static func read(_ text: String) -> [String?]? {
    var scalars = Array(text.unicodeScalars)[...]
    // Arrays whose first index is not 1 say so: [0:2]={..}.
    if scalars.first == "[", let start = scalars.firstIndex(of: "=") { scalars = scalars[(start + 1)...] }
    guard scalars.popFirst() == "{" else { return nil }
    if scalars == ["}"] { return [] }
    var elements: [String?] = []
    while true {
      var element = String.UnicodeScalarView()
      var quoted = false
      if scalars.first == "\"" {
        quoted = true
        scalars.removeFirst()
        while let next = scalars.popFirst(), next != "\"" {
          if next == "\\", let escaped = scalars.popFirst() { element.append(escaped) } else { element.append(next) }
        }
      } else {
        while let next = scalars.first, next != ",", next != "}" {
          if next == "{" { return nil }
          scalars.removeFirst()
          element.append(next)
        }
      }
      let word = String(element)
      elements.append(!quoted && word.uppercased() == "NULL" ? nil : word)
      switch scalars.popFirst() {
      case ",": continue
      case "}": return scalars.isEmpty ? elements : nil
      default: return nil
      }
    }
  }
}
