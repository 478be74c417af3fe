/// A regular expression in RE2's syntax that answers in time linear in the text: a Thompson machine that follows all
/// alternatives at once (R. Cox, "Regular Expression Matching: the Virtual Machine Approach", 2009).
struct Pattern: Sendable, Hashable {
  let text: String
  private let program: [PatternInstruction]

  /// Throws where the text is not a pattern, in the words of Go's `regexp`.
  init(_ text: String) throws(PatternError) {
    self.text = text
    var parser = PatternParser(text)
    let tree = try parser.parse()
    var compiler = PatternCompiler()
    try compiler.emit(tree)
    compiler.program.append(.match)
    program = compiler.program
  }

  /// Whether the pattern occurs anywhere in the text.
  func matches(_ text: String) -> Bool {
    let scalars = Array(text.unicodeScalars)
    return longest(scalars, from: 0, anchored: false) != nil
  }

  /// The first occurrence from a position on, the longest of those that start there; nil where there is none.
  func firstRange(in scalars: [Unicode.Scalar], from start: Int) -> Range<Int>? {
    guard start <= scalars.count else { return nil }
    for position in start...scalars.count {
      if let end = longest(scalars, from: position, anchored: true) { return position..<end }
    }
    return nil
  }

  /// Where a match that starts at `start` (or later, unless anchored) ends; unanchored stops at the first that it sees.
  private func longest(_ scalars: [Unicode.Scalar], from start: Int, anchored: Bool) -> Int? {
    var current: [Int] = []
    var next: [Int] = []
    var marks = [Int](repeating: -1, count: program.count)
    var end: Int?
    var position = start
    add(0, at: position, scalars, &current, &marks)
    while true {
      if current.contains(where: { program[$0] == .match }) {
        end = position
        if !anchored { return end }
      }
      guard position < scalars.count else { return end }
      next.removeAll(keepingCapacity: true)
      let scalar = scalars[position]
      for counter in current {
        if case .consume(let set) = program[counter], set.contains(scalar) {
          add(counter + 1, at: position + 1, scalars, &next, &marks)
        }
      }
      position += 1
      if !anchored { add(0, at: position, scalars, &next, &marks) }
      if next.isEmpty { return end }
      swap(&current, &next)
    }
  }

  /// Follows the instructions that consume nothing; `marks` holds the last position at which each was reached.
  private func add(
    _ first: Int, at position: Int, _ scalars: [Unicode.Scalar], _ list: inout [Int], _ marks: inout [Int]
  ) {
    var pending = [first]
    while let counter = pending.popLast() {
      if marks[counter] == position { continue }
      marks[counter] = position
      switch program[counter] {
      case .jump(let target): pending.append(target)
      case .split(let one, let other):
        pending.append(other)
        pending.append(one)
      case .assert(let assertion):
        if assertion.holds(scalars, at: position) { pending.append(counter + 1) }
      case .consume, .match: list.append(counter)
      }
    }
  }
}

/// Why a text is no pattern.
struct PatternError: Error, Sendable, Hashable, CustomStringConvertible {
  let description: String

  init(_ problem: String, _ part: String) { description = "error parsing regexp: \(problem): `\(part)`" }
}

enum PatternInstruction: Sendable, Hashable {
  case consume(ScalarSet)
  case assert(PatternAssertion)
  case split(Int, Int)
  case jump(Int)
  case match
}

/// A condition on a position between two characters.
enum PatternAssertion: Sendable, Hashable {
  case textStart, textEnd, lineStart, lineEnd, wordBoundary, noWordBoundary

  func holds(_ scalars: [Unicode.Scalar], at position: Int) -> Bool {
    switch self {
    case .textStart: position == 0
    case .textEnd: position == scalars.count
    case .lineStart: position == 0 || scalars[position - 1] == "\n"
    case .lineEnd: position == scalars.count || scalars[position] == "\n"
    case .wordBoundary: isBoundary(scalars, position)
    case .noWordBoundary: !isBoundary(scalars, position)
    }
  }

  private func isBoundary(_ scalars: [Unicode.Scalar], _ position: Int) -> Bool {
    let before = position > 0 && ScalarSet.word.contains(scalars[position - 1])
    let after = position < scalars.count && ScalarSet.word.contains(scalars[position])
    return before != after
  }
}

/// A set of characters, as ranges of code points.
struct ScalarSet: Sendable, Hashable {
  var ranges: [ClosedRange<UInt32>]
  var isNegated = false

  func contains(_ scalar: Unicode.Scalar) -> Bool {
    for range in ranges where range.contains(scalar.value) { return !isNegated }
    return isNegated
  }

  static func only(_ scalar: Unicode.Scalar) -> ScalarSet { ScalarSet(ranges: [scalar.value...scalar.value]) }

  static let digit = ScalarSet(ranges: [48...57])
  static let word = ScalarSet(ranges: [48...57, 65...90, 95...95, 97...122])
  static let space = ScalarSet(ranges: [9...10, 12...13, 32...32])
  static let all = ScalarSet(ranges: [0...0x10FFFF])
  static let allButNewline = ScalarSet(ranges: [10...10], isNegated: true)

  /// The ranges that are not in the set.
  var complement: [ClosedRange<UInt32>] {
    var out: [ClosedRange<UInt32>] = []
    var next: UInt32 = 0
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if range.lowerBound > next { out.append(next...(range.lowerBound - 1)) }
      next = max(next, range.upperBound + 1)
    }
    if next <= 0x10FFFF { out.append(next...0x10FFFF) }
    return out
  }

  /// The set with the other case of its ASCII letters.
  var ignoringCase: ScalarSet {
    var out = self
    for range in ranges {
      let first = max(range.lowerBound, 65)
      let last = min(range.upperBound, 90)
      if first <= last { out.ranges.append(first + 32...last + 32) }
      let low = max(range.lowerBound, 97)
      let high = min(range.upperBound, 122)
      if low <= high { out.ranges.append(low - 32...high - 32) }
    }
    return out
  }
}
