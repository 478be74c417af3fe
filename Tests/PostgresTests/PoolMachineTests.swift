import Testing

@testable import Postgres

@Suite("The decisions of a pool")
struct PoolMachineTests {
  let start = ContinuousClock.now

  func machine(_ size: Int) -> PoolMachine {
    PoolMachine(limits: PoolLimits(connections: size, idleLifetime: .seconds(60)))
  }

  @Test("connections are made up to the limit, then requests wait in order")
  func fillsUp() {
    var pool = machine(2)
    #expect(pool.acquire(1) == .connect(1))
    #expect(pool.acquire(2) == .connect(2))
    #expect(pool.acquire(3) == nil)
    #expect(pool.acquire(4) == nil)
    pool.connected(1)
    #expect(pool.released(1, at: start) == .init(request: 3, grant: .use(1)))
    #expect(pool.released(1, at: start) == .init(request: 4, grant: .use(1)))
    #expect(pool.released(1, at: start) == nil)
    #expect(pool.slots[1] == .idle(since: start))
  }

  @Test("a connection that could not be made lets the next request try")
  func failedConnect() {
    var pool = machine(1)
    #expect(pool.acquire(1) == .connect(1))
    #expect(pool.acquire(2) == nil)
    #expect(pool.removed(1) == .init(request: 2, grant: .connect(2)))
    #expect(pool.removed(2) == nil)
    #expect(pool.slots.isEmpty)
  }

  @Test("the connection used last is given first and the others grow old")
  func lastUsedFirst() {
    var pool = machine(2)
    _ = pool.acquire(1)
    _ = pool.acquire(2)
    #expect(pool.released(1, at: start) == nil)
    #expect(pool.released(2, at: start + .seconds(30)) == nil)
    #expect(pool.acquire(3) == .use(2))
    #expect(pool.nextExpiry == start + .seconds(60))
    #expect(pool.expire(at: start + .seconds(59)).isEmpty)
    #expect(pool.expire(at: start + .seconds(60)) == [1])
    #expect(pool.nextExpiry == nil)
  }

  @Test("a request that gives up is forgotten, and cannot give up twice")
  func cancelled() {
    var pool = machine(1)
    _ = pool.acquire(1)
    _ = pool.acquire(2)
    #expect(pool.cancel(2) == true)
    #expect(pool.cancel(2) == false)
    #expect(pool.released(1, at: start) == nil)
  }

  @Test("closing refuses who waits and wakes nobody after")
  func closing() {
    var pool = machine(2)
    _ = pool.acquire(1)
    _ = pool.acquire(2)
    _ = pool.acquire(3)
    #expect(pool.cancel(3) == true)
    #expect(pool.released(2, at: start) == nil)
    _ = pool.acquire(4)
    _ = pool.acquire(5)
    let (idle, refused) = pool.close()
    #expect(idle.isEmpty)
    #expect(refused == [5])
    #expect(pool.removed(1) == nil)
  }

  @Test("any order of events keeps the limit, the queue's order, and gives every request one answer", arguments: 1...40)
  func randomWalk(seed: Int) {
    var random = SplitMix(state: UInt64(seed))
    var pool = machine(Int(random.next() % 4) + 1)
    var leased: Set<Int> = []
    var expected: [Int] = []
    var request = 0
    func apply(_ wake: PoolMachine.Wake?) {
      guard let wake else { return }
      #expect(expected.removeFirst() == wake.request)
      take(wake.grant)
    }
    func take(_ grant: PoolMachine.Grant) {
      switch grant {
      case .use(let number), .connect(let number): #expect(leased.insert(number).inserted)
      }
    }
    for step in 0..<400 {
      let one = leased.sorted().randomElement(using: &random)
      switch random.next() % 5 {
      case 0, 1:
        request += 1
        if let grant = pool.acquire(request) { take(grant) } else { expected.append(request) }
      case 2:
        guard let one else { continue }
        leased.remove(one)
        pool.connected(one)
        apply(pool.released(one, at: start + .seconds(step)))
      case 3:
        guard let one else { continue }
        leased.remove(one)
        apply(pool.removed(one))
      default:
        if let waiting = expected.randomElement(using: &random) {
          #expect(pool.cancel(waiting) == true)
          expected.removeAll { $0 == waiting }
        }
        _ = pool.expire(at: start + .seconds(step))
      }
      #expect(pool.slots.count <= pool.limits.connections)
      #expect(pool.waiting == expected)
      if !expected.isEmpty { #expect(pool.nextExpiry == nil && pool.slots.count == pool.limits.connections) }
    }
  }
}

/// Seeded numbers (Steele, Lea and Flood, "Fast splittable pseudorandom number generators").
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
