/// Points, and a line through the best of them.
public struct ScatterChart: Picture {
  public struct Point: Sendable, Hashable {
    public var x: Double
    public var y: Double

    public init(x: Double, y: Double) {
      self.x = x
      self.y = y
    }
  }

  let title: String
  let xLabel: String
  let yLabel: String
  let points: [Point]
  /// Drawn as steps.
  let line: [Point]
  let lineLabel: String

  public init(
    title: String, xLabel: String, yLabel: String, points: [Point], line: [Point], lineLabel: String
  ) {
    self.title = title
    self.xLabel = xLabel
    self.yLabel = yLabel
    self.points = points
    self.line = line
    self.lineLabel = lineLabel
  }

  private var xScale: Scale { Scale(points.map(\.x), ticks: 8) }
  private var yScale: Scale { Scale(points.map(\.y) + line.map(\.y)) }

  public func text(width: Int) -> String {
    let y = yScale
    let x = xScale
    let labels = y.ticks.map { y.label($0) }
    let margin = (labels.map(\.count).max() ?? 1) + 1
    let columns = max(20, min(width, 120) - margin - 2)
    let rows = 16
    var canvas = BrailleCanvas(columns: columns, rows: rows)
    var previous: Point?
    for point in line {
      if let previous { canvas.step(from: place(previous, x, y), to: place(point, x, y)) }
      previous = point
    }
    var cells = canvas.lines
    for point in points {
      let (px, py) = place(point, x, y)
      let column = min(columns - 1, max(0, Int(px * Double(columns))))
      let row = min(rows - 1, max(0, Int((1 - py) * Double(rows))))
      cells[row][column] = "●"
    }
    var out = [title + "   ● each trial   ⠒ \(lineLabel)", ""]
    for row in 0..<rows {
      let tick = y.ticks.firstIndex { Int((1 - y.place($0)) * Double(rows)) == row }
      let label = tick.map { labels[$0] } ?? ""
      out.append(
        String(repeating: " ", count: margin - label.count) + label + (tick == nil ? "│" : "┤") + String(cells[row]))
    }
    out.append(String(repeating: " ", count: margin) + "└" + String(repeating: "─", count: columns))
    var axis = [Character](repeating: " ", count: margin + 1 + columns)
    for tick in x.ticks where tick == tick.rounded() {
      let start = margin + 1 + min(columns - 1, max(0, Int(x.place(tick) * Double(columns))))
      for (offset, character) in x.label(tick).enumerated() where start + offset < axis.count {
        axis[start + offset] = character
      }
    }
    out.append(String(axis) + " " + xLabel)
    return out.joined(separator: "\n")
  }

  private func place(_ point: Point, _ x: Scale, _ y: Scale) -> (Double, Double) {
    (x.place(point.x), y.place(point.y))
  }

  public func svg() -> String {
    let (width, height) = (760.0, 420.0)
    let (left, right, top, bottom) = (70.0, 20.0, 46.0, 48.0)
    let (x, y) = (xScale, yScale)
    func px(_ value: Double) -> Double { left + x.place(value) * (width - left - right) }
    func py(_ value: Double) -> Double { height - bottom - y.place(value) * (height - top - bottom) }
    var body = Style.text(title, left, 24, more: #" font-size="15" font-weight="600""#)
    for tick in y.ticks {
      let at = Style.short(py(tick))
      body += #"<line x1="\#(left)" x2="\#(width - right)" y1="\#(at)" y2="\#(at)" stroke="\#(Style.grid)"/>"# + "\n"
      body += Style.text(y.label(tick), left - 8, py(tick) + 4, anchor: "end")
    }
    for tick in x.ticks where tick == tick.rounded() && tick >= (points.map(\.x).min() ?? 0) {
      body += Style.text(x.label(tick), px(tick), height - bottom + 18, anchor: "middle")
    }
    body += Style.text(xLabel, (left + width - right) / 2, height - 10, anchor: "middle")
    body += Style.text(
      yLabel, 0, 0, anchor: "middle", more: #" transform="translate(16 \#((top + height - bottom) / 2)) rotate(-90)""#)
    for point in points {
      body +=
        #"<circle cx="\#(Style.short(px(point.x)))" cy="\#(Style.short(py(point.y)))" r="3.5" fill="\#(Style.muted)" "#
        + #"fill-opacity="0.75"><title>\#(Style.escaped("\(xLabel) \(Int(point.x)): \(point.y)"))</title></circle>"#
        + "\n"
    }
    if let first = line.first {
      var path = "M\(Style.short(px(first.x))) \(Style.short(py(first.y)))"
      for point in line.dropFirst() { path += "H\(Style.short(px(point.x)))V\(Style.short(py(point.y)))" }
      body += #"<path d="\#(path)" fill="none" stroke="\#(Style.accent)" stroke-width="2"/>"# + "\n"
      body +=
        #"<line x1="\#(width - 150)" x2="\#(width - 126)" y1="20" y2="20" stroke="\#(Style.accent)" stroke-width="2"/>"#
        + "\n" + Style.text(lineLabel, width - 120, 24)
    }
    return Style.document(Int(width), Int(height), body)
  }
}
