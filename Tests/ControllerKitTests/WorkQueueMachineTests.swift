import Testing

@testable import ControllerKit

@Suite struct WorkQueueMachineTests {
  typealias Machine = WorkQueueMachine<String>

  @Test("A key that is added again while ready is held once, and keys come out in order")
  func dedupe() {
    var queue = Machine()
    #expect(queue.add("a", at: .seconds(1)) == true)
    #expect(queue.add("b", at: .seconds(2)) == true)
    #expect(queue.add("a", at: .seconds(3)) == false)
    #expect(queue.depth == 2)
    #expect(queue.take(at: .seconds(5)) == Machine.Taken(key: "a", waited: .seconds(4)))
    #expect(queue.take(at: .seconds(5)) == Machine.Taken(key: "b", waited: .seconds(3)))
    #expect(queue.take(at: .seconds(5)) == nil)
  }

  @Test("A key in work is not given to a second worker, and is ready again afterwards if it was added meanwhile")
  func serial() {
    var queue = Machine()
    queue.add("a", at: .zero)
    _ = queue.take(at: .zero)
    queue.add("a", at: .seconds(1))
    queue.add("a", at: .seconds(2))
    #expect(queue.take(at: .seconds(2)) == nil)
    #expect(queue.done("a", at: .seconds(3)) == .seconds(3))
    #expect(queue.take(at: .seconds(4)) == Machine.Taken(key: "a", waited: .seconds(3)))
    queue.done("a", at: .seconds(5))
    #expect(queue.take(at: .seconds(5)) == nil)
    #expect(queue.done("a", at: .seconds(6)) == nil)
  }

  @Test("Of several delays the earliest counts", arguments: [
    ([10, 5], 5), ([5, 10], 5), ([7, 3, 9], 3), ([4], 4), ([2, 0], 0),
  ])
  func earliest(delays: [Int], due: Int) {
    var queue = Machine()
    for delay in delays { queue.add("a", after: .seconds(delay), at: .zero) }
    if due > 0 {
      #expect(queue.nextDeadline == .seconds(due))
      #expect(queue.take(at: .seconds(due) - .milliseconds(1)) == nil)
    }
    #expect(queue.take(at: .seconds(due))?.key == "a")
    #expect(queue.waiting == 0)
  }

  @Test("Taking a key for another reason cancels its delay")
  func takeCancels() {
    var queue = Machine()
    queue.add("a", after: .seconds(5), at: .zero)
    queue.add("a", at: .seconds(1))
    #expect(queue.take(at: .seconds(1))?.key == "a")
    queue.done("a", at: .seconds(1))
    #expect(queue.nextDeadline == nil)
  }

  @Test("A delay that ends while its key is in work makes it ready afterwards")
  func delayDuringWork() {
    var queue = Machine()
    queue.add("a", at: .zero)
    _ = queue.take(at: .zero)
    queue.add("a", after: .seconds(1), at: .zero)
    queue.promote(at: .seconds(2))
    #expect(queue.take(at: .seconds(2)) == nil)
    queue.done("a", at: .seconds(3))
    #expect(queue.take(at: .seconds(3))?.key == "a")
  }

  @Test("Failure delays double from 5 ms to 1,000 s, and success begins anew")
  func backoff() {
    var queue = Machine()
    let delays = (0..<20).map { _ in queue.retry("a", random: 0, at: .zero) }
    #expect(delays[0] == .milliseconds(5))
    #expect(delays[1] == .milliseconds(10))
    #expect(delays[10] == .milliseconds(5120))
    #expect(delays[17] == .milliseconds(655_360))
    #expect(delays[18] == .seconds(1000))
    #expect(delays[19] == .seconds(1000))
    #expect(queue.failureCount("a") == 20)
    queue.forget("a")
    #expect(queue.retry("a", random: 0, at: .zero) == .milliseconds(5))
  }

  @Test("A server's wish to wait and the jitter only lengthen a failure delay", arguments: [
    (0, 0.0, 5), (3000, 0.0, 3000), (0, 0.5, 5), (1, 0.0, 5),
  ])
  func notBefore(notBefore: Int, random: Double, least: Int) {
    var queue = Machine()
    let delay = queue.retry("a", notBefore: .milliseconds(notBefore), random: random, at: .zero)
    #expect(delay >= .milliseconds(least))
    #expect(delay <= .milliseconds(least) * 1.1)
    #expect(FailureBackoff().delay(afterFailures: 1 << 20, random: 1) <= .seconds(1101))
  }

  @Test("The bucket lets a burst through and then one retry each tenth of a second")
  func bucket() {
    var bucket = TokenBucket(perSecond: 10, burst: 3)
    let burst = (0..<3).map { _ in bucket.reserve(at: .zero) }
    #expect(burst == [.zero, .zero, .zero])
    #expect(bucket.reserve(at: .zero) == .milliseconds(100))
    #expect(bucket.reserve(at: .zero) == .milliseconds(200))
    #expect(bucket.reserve(at: .seconds(1)) == .zero)
    var queue = Machine(bucket: TokenBucket(perSecond: 1, burst: 1))
    #expect(queue.retry("a", random: 0, at: .zero) == .milliseconds(5))
    #expect(queue.retry("b", random: 0, at: .zero) == .seconds(1))
  }

  /// The same rules in the plainest form.
  private struct Model {
    var ready: [String] = []
    var dirty: Set<String> = []
    var working: Set<String> = []
    var delayed: [String: Duration] = [:]

    mutating func add(_ key: String) {
      if working.contains(key) {
        dirty.insert(key)
      } else if !ready.contains(key) {
        ready.append(key)
      }
    }
    mutating func delay(_ key: String, _ deadline: Duration) {
      delayed[key] = min(delayed[key] ?? deadline, deadline)
    }
    /// Which keys are due, but not their order among equal deadlines.
    mutating func promote(_ now: Duration) {
      for (key, deadline) in delayed.sorted(by: { ($0.value, $0.key) < ($1.value, $1.key) }) where deadline <= now {
        delayed[key] = nil
        add(key)
      }
    }
    mutating func done(_ key: String) {
      guard working.remove(key) != nil else { return }
      if dirty.remove(key) != nil { ready.append(key) }
    }
  }

  @Test("Random interleavings agree with the plain model, and nothing that was added is lost", arguments: 0..<100)
  func interleavings(seed: Int) {
    var random = SeededGenerator(seed: seed)
    var queue = Machine()
    var model = Model()
    var now = Duration.zero
    let keys = ["a", "b", "c", "d", "e", "f"]
    for step in 0..<600 {
      // Distinct times, so that no two deadlines are equal and the order is determined.
      now += .microseconds(Int.random(in: 1...2000, using: &random) * 1000 + step)
      queue.promote(at: now)
      model.promote(now)
      let key = keys[Int.random(in: 0..<keys.count, using: &random)]
      switch Int.random(in: 0..<6, using: &random) {
      case 0, 1:
        queue.add(key, at: now)
        model.add(key)
      case 2:
        let delay = Duration.microseconds(Int.random(in: 1...9_000_000, using: &random) * 1000 + step)
        queue.add(key, after: delay, at: now)
        model.delay(key, now + delay)
      case 3, 4:
        let taken = queue.take(at: now)
        #expect(taken?.key == model.ready.first)
        if let taken {
          #expect(!model.working.contains(taken.key))
          model.ready.removeAll { $0 == taken.key }
          model.working.insert(taken.key)
          model.delayed[taken.key] = nil
        }
      default:
        queue.done(key, at: now)
        model.done(key)
      }
      #expect(queue.readyKeys == model.ready)
      #expect(queue.waiting == model.delayed.count)
      #expect(queue.nextDeadline == model.delayed.values.min())
      #expect(Set(queue.keysInWork.keys) == model.working)
    }
  }
}
