/// A picture that can be shown in a terminal and drawn as SVG.
public protocol Picture: Sendable {
  /// Lines of at most `width` columns.
  func text(width: Int) -> String
  /// A document of its own, legible on light and dark grounds.
  func svg() -> String
}

/// Colours and letters of drawings.
enum Style {
  static let accent = "#2f6fdb"
  static let muted = "#8a94a6"
  static let grid = "#8a94a633"
  static let ink = "#7d8590"

  static func document(_ width: Int, _ height: Int, _ body: String) -> String {
    """
    <svg xmlns="http://www.w3.org/2000/svg" width="\(width)" height="\(height)" viewBox="0 0 \(width) \(height)" \
    font-family="system-ui, sans-serif" font-size="12" fill="\(ink)">
    \(body)</svg>

    """
  }

  static func text(_ text: String, _ x: Double, _ y: Double, anchor: String = "start", more: String = "") -> String {
    #"<text x="\#(short(x))" y="\#(short(y))" text-anchor="\#(anchor)"\#(more)>\#(escaped(text))</text>"# + "\n"
  }

  static func escaped(_ text: String) -> String {
    var out = ""
    for character in text {
      switch character {
      case "&": out += "&amp;"
      case "<": out += "&lt;"
      case ">": out += "&gt;"
      case "\"": out += "&quot;"
      default: out.append(character)
      }
    }
    return out
  }

  /// A coordinate with two decimals.
  static func short(_ value: Double) -> String { "\((value * 100).rounded() / 100)" }
}
