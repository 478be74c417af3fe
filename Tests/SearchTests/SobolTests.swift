import FoundationEssentials
import Testing

@testable import Search

/// What SciPy's `qmc.Sobol(scramble=False)` gives, as numbers of 2^-30.
private struct SobolGoldens: Decodable {
  let dims: Int
  let indexes: [Int]
  let points: [[Int]]
  /// The first 64 points of 8 dimensions.
  let first: [[Int]]

  static func recorded() throws -> SobolGoldens {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Fixtures/sobol-scipy.json")
    return try JSONDecoder().decode(SobolGoldens.self, from: Data(contentsOf: file))
  }
}

@Suite("Sobol' points")
struct SobolTests {
  @Test("unscrambled points are SciPy's, bit for bit, in every dimension")
  func exact() throws {
    let goldens = try SobolGoldens.recorded()
    let sequence = SobolSequence(dimensions: goldens.dims)
    for (index, point) in zip(goldens.indexes, goldens.points) {
      #expect(sequence.point(at: index) == point.map { Double($0) * 0x1p-30 })
    }
    let eight = SobolSequence(dimensions: 8)
    for (index, point) in goldens.first.enumerated() {
      #expect(eight.point(at: index) == point.map { Double($0) * 0x1p-30 })
    }
  }

  @Test(
    "scrambled points keep the evenness: each interval of 1/64 has one of 64 points", arguments: [1, 7, 99] as [UInt64])
  func even(seed: UInt64) {
    let sequence = SobolSequence(dimensions: 12, scrambling: RandomStream(seed: seed, number: 0))
    let points = (0..<64).map { sequence.point(at: $0) }
    for dimension in 0..<12 {
      #expect(Set(points.map { Int($0[dimension] * 64) }).count == 64)
    }
    let other = SobolSequence(dimensions: 12, scrambling: RandomStream(seed: seed + 1, number: 0))
    #expect(other.point(at: 5) != sequence.point(at: 5))
  }

  @Test("a search spreads its points: choices and steps get equal shares, and absent parameters stay absent")
  func search() throws {
    let space = try SearchSpace([
      Parameter("act", .categorical(["relu", "tanh", "gelu", "none"])),
      Parameter("layers", .numeric(try NumericRange(integersFrom: 1, through: 8, step: 1, isLog: false))),
      Parameter(
        "slope", .numeric(try NumericRange(low: 0.01, high: 1, step: nil, isLog: true)),
        when: .init("act", in: ["relu"])),
    ])
    let searcher = try Searcher(space, .sobol, directions: [.minimize], seed: 4)
    var choices: [String: Int] = [:]
    for number in 0..<64 {
      // The third parameter is absent in three of four, where points may come twice and others take their place.
      guard case .point(let point) = searcher.suggest(number, after: []) else {
        Issue.record("there is always a point")
        return
      }
      let texts = space.texts(of: point)
      choices[texts["act"] ?? "", default: 0] += 1
      #expect((texts["slope"] != nil) == (texts["act"] == "relu"))
    }
    #expect(choices.values.sorted() == [16, 16, 16, 16])
  }
}
