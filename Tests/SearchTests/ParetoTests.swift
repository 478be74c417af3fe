import Testing

@testable import Search

@Suite("Fronts and volumes")
struct ParetoTests {
  @Test("members are those that no other result beats everywhere")
  func members() {
    let results: [[Double]] = [[1, 5], [2, 4], [2, 6], [3, 1], [3, 1], [.nan, 0]]
    #expect(ParetoFront.members(of: results, directions: [.minimize, .minimize]) == [0, 1, 3, 4])
    #expect(ParetoFront.members(of: results, directions: [.maximize, .maximize]) == [2, 3, 4])
    #expect(ParetoFront.members(of: results, directions: [.minimize, .maximize]) == [0, 2])
    #expect(ParetoFront.members(of: [], directions: [.minimize]) == [])
  }

  @Test("fronts are found as by taking one after another away", arguments: 0..<20)
  func ranks(seed: Int) {
    var stream = RandomStream(seed: UInt64(seed), number: 0)
    let losses = (0..<30).map { _ in (0..<3).map { _ in Double(stream.index(below: 6)) } }
    let ranks = ParetoFront.ranks(losses, needed: 30)
    var left = Set(losses.indices)
    var rank = 0
    while !left.isEmpty {
      let front = left.filter { index in !left.contains { ParetoFront.dominates(losses[$0], losses[index]) } }
      for index in front { #expect(ranks[index] == rank) }
      left.subtract(front)
      rank += 1
    }
  }

  @Test("volumes are those of the union of boxes")
  func volumes() {
    #expect(Hypervolume.of([[1, 3], [2, 2], [3, 1], [3, 3]], to: [4, 4]) == 6)
    #expect(Hypervolume.of([[0, 0, 0]], to: [1, 2, 3]) == 6)
    #expect(Hypervolume.of([[0, 1, 1], [1, 0, 1], [1, 1, 0]], to: [2, 2, 2]) == 4)
    #expect(Hypervolume.of([[5, 5]], to: [4, 4]) == 0)
  }

  @Test("a subset dominates most, and what is dominated counts for next to nothing")
  func subset() {
    let losses = [[0.0, 4], [1, 2.9], [2, 2], [2.1, 1.9], [4, 0]]
    #expect(Set(Hypervolume.subset(of: losses, count: 3)).isSuperset(of: [2]))
    let shares = Hypervolume.contributions([[1, 1], [2, 2], [0, 3]])
    #expect(shares[1] < 1e-6 && shares.max() == 1)
  }
}
