/// A parsed pattern.
indirect enum PatternTree: Sendable, Hashable {
  case empty
  case set(ScalarSet)
  case assertion(PatternAssertion)
  case sequence([PatternTree])
  case alternatives([PatternTree])
  /// At least `minimum` times; without an upper bound where `maximum` is nil.
  case repeated(PatternTree, minimum: Int, maximum: Int?)
}

/// Lays a pattern's tree out as instructions.
struct PatternCompiler {
  var program: [PatternInstruction] = []

  /// RE2 refuses repeats beyond 1000; the whole program is bounded too.
  static let programLimit = 50_000

  mutating func emit(_ tree: PatternTree) throws(PatternError) {
    guard program.count < Self.programLimit else { throw PatternError("expression too large", "") }
    switch tree {
    case .empty: break
    case .set(let set): program.append(.consume(set))
    case .assertion(let assertion): program.append(.assert(assertion))
    case .sequence(let parts): for part in parts { try emit(part) }
    case .alternatives(let options): try emit(alternatives: options)
    case .repeated(let part, let minimum, let maximum):
      for _ in 0..<minimum { try emit(part) }
      if let maximum {
        for _ in 0..<max(0, maximum - minimum) { try emit(optional: part) }
      } else {
        let start = program.count
        program.append(.jump(0))
        try emit(part)
        program.append(.jump(start))
        program[start] = .split(start + 1, program.count)
      }
    }
  }

  private mutating func emit(optional part: PatternTree) throws(PatternError) {
    let start = program.count
    program.append(.jump(0))
    try emit(part)
    program[start] = .split(start + 1, program.count)
  }

  private mutating func emit(alternatives options: [PatternTree]) throws(PatternError) {
    var exits: [Int] = []
    for (index, option) in options.enumerated() {
      guard index < options.count - 1 else {
        try emit(option)
        break
      }
      let start = program.count
      program.append(.jump(0))
      try emit(option)
      exits.append(program.count)
      program.append(.jump(0))
      program[start] = .split(start + 1, program.count)
    }
    for exit in exits { program[exit] = .jump(program.count) }
  }
}
