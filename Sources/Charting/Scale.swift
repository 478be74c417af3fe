/// An axis: the numbers it covers and where its ticks are.
struct Scale: Sendable, Hashable {
  let low: Double
  let high: Double
  /// Round numbers within the axis.
  let ticks: [Double]

  /// An axis for these values, a little longer than they are, with ticks at 1, 2 or 5 times a power of ten.
  init(_ values: [Double], ticks wanted: Int = 5) {
    let finite = values.filter(\.isFinite)
    var low = finite.min() ?? 0
    var high = finite.max() ?? 1
    if low == high {
      let room = low == 0 ? 1 : abs(low) * 0.1
      (low, high) = (low - room, high + room)
    }
    let margin = (high - low) * 0.04
    (low, high) = (low - margin, high + margin)
    var power = 1.0
    let rough = (high - low) / Double(max(1, wanted))
    while power > rough { power /= 10 }
    while power * 10 <= rough { power *= 10 }
    let step = [1.0, 2, 5, 10].map { $0 * power }.first { $0 >= rough } ?? power * 10
    var tick = (low / step).rounded(.up)
    var ticks: [Double] = []
    while tick * step <= high, ticks.count < 50 {
      ticks.append(tick * step)
      tick += 1
    }
    self.low = low
    self.high = high
    self.ticks = ticks
  }

  /// Where a value lies, from 0 to 1.
  func place(_ value: Double) -> Double { (value - low) / (high - low) }

  /// A tick as text, with as many decimals as tell ticks apart.
  func label(_ tick: Double) -> String {
    let step = ticks.count > 1 ? ticks[1] - ticks[0] : abs(tick)
    guard step > 0 else { return "\(tick)" }
    var scale = 1.0
    while step * scale < 0.999, scale < 1e12 { scale *= 10 }
    let rounded = (tick * scale).rounded() / scale + 0.0
    return scale == 1 && abs(rounded) < 1e15 ? "\(Int64(rounded))" : "\(rounded)"
  }
}
