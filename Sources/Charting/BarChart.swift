/// Shares as bars.
public struct BarChart: Picture {
  let title: String
  let bars: [(name: String, share: Double)]

  /// - Parameter bars: names with shares from 0 to 1.
  public init(title: String, bars: [(name: String, share: Double)]) {
    self.title = title
    self.bars = bars
  }

  private func percent(_ share: Double) -> String { "\((share * 1000).rounded() / 10) %" }

  public func text(width: Int) -> String {
    let margin = (bars.map(\.name.count).max() ?? 0) + 2
    let room = max(10, min(width, 100) - margin - 9)
    let greatest = max(bars.map(\.share).max() ?? 1, 1e-9)
    // Eighths of a character.
    let parts: [Character] = [" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]
    let lines = bars.map { bar -> String in
      let eighths = Int((bar.share / greatest * Double(room * 8)).rounded())
      let tail = eighths % 8 == 0 ? "" : String(parts[eighths % 8])
      return bar.name + String(repeating: " ", count: margin - bar.name.count)
        + String(repeating: "█", count: eighths / 8) + tail + " " + percent(bar.share)
    }
    return ([title, ""] + lines).joined(separator: "\n")
  }

  public func svg() -> String {
    let width = 760.0
    let row = 30.0
    let left = 20.0 + Double(bars.map(\.name.count).max() ?? 0) * 7.5
    let greatest = max(bars.map(\.share).max() ?? 1, 1e-9)
    var body = Style.text(title, 20, 26, more: #" font-size="15" font-weight="600""#)
    for (index, bar) in bars.enumerated() {
      let y = 46 + Double(index) * row
      let length = bar.share / greatest * (width - left - 90)
      body += Style.text(bar.name, left - 8, y + 15, anchor: "end")
      body +=
        #"<rect x="\#(Style.short(left))" y="\#(Style.short(y))" width="\#(Style.short(max(1, length)))" height="20" "#
        + #"rx="3" fill="\#(Style.accent)"/>"# + "\n"
      body += Style.text(percent(bar.share), left + length + 8, y + 15)
    }
    return Style.document(Int(width), Int(60 + Double(bars.count) * row), body)
  }
}
