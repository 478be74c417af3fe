import CRDTypes
import JSON
import Observability
import Testing
import Threads

@testable import ControllerKit

@Suite(.timeLimit(.minutes(1))) struct WorkQueueTests {
  let bench = Bench()

  func queue() -> WorkQueue {
    WorkQueue(
      time: bench.time, metrics: WorkQueueMetrics(bench.metrics, name: "q", controller: "c"), random: { 0 })
  }

  @Test("A waiting worker gets a key that is added")
  func wakes() async {
    let queue = queue()
    async let next = queue.next()
    queue.add(key("x"))
    #expect(await next == key("x"))
  }

  @Test("A delayed key comes when the clock reaches its time, also after an earlier one was added")
  func delayed() async {
    let queue = queue()
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await queue.run() }
      queue.add(key("late"), after: .seconds(60))
      await bench.time.waitForSleeper(until: .seconds(1060))
      queue.add(key("soon"), after: .seconds(1))
      await bench.time.waitForSleeper(until: .seconds(1001))
      bench.time.advance(by: .seconds(1))
      #expect(await queue.next() == key("soon"))
      queue.done(key("soon"))
      await bench.time.waitForSleeper(until: .seconds(1060))
      bench.time.advance(by: .seconds(59))
      #expect(await queue.next() == key("late"))
      queue.close()
      await group.waitForAll()
    }
  }

  @Test("Cancelling a waiting worker gives nil and loses no key")
  func cancelled() async {
    let queue = queue()
    let worker = Task { await queue.next() }
    worker.cancel()
    #expect(await worker.value == nil)
    queue.add(key("x"))
    #expect(await queue.next() == key("x"))
  }

  @Test("Closing wakes every waiting worker with nil and gives out nothing more")
  func closed() async {
    let queue = queue()
    queue.add(key("x"))
    queue.close()
    #expect(await queue.next() == nil)
  }

  @Test("Metrics count adds, retries and ages")
  func metrics() async {
    let queue = queue()
    queue.add(key("x"))
    queue.add(key("x"))
    queue.add(key("y"))
    bench.time.advance(by: .seconds(2))
    _ = await queue.next()
    bench.time.advance(by: .seconds(3))
    queue.retry(key("x"))
    queue.refreshMetrics()
    let text = bench.metrics.exposition()
    for line in [
      "workqueue_depth{name=\"q\",controller=\"c\"} 1",
      "workqueue_adds_total{name=\"q\",controller=\"c\"} 2",
      "workqueue_retries_total{name=\"q\",controller=\"c\"} 1",
      "workqueue_queue_duration_seconds_sum{name=\"q\",controller=\"c\"} 2",
      "workqueue_unfinished_work_seconds{name=\"q\",controller=\"c\"} 3",
      "workqueue_longest_running_processor_seconds{name=\"q\",controller=\"c\"} 3",
    ] {
      #expect(text.contains(line + "\n"), "missing: \(line)")
    }
    #expect(queue.snapshot.inWork == [key("x"): .seconds(3)])
    #expect(queue.snapshot.waiting == 1)
    #expect(queue.snapshot.json.text() == #"{"inWorkSeconds":{"a/x":3},"ready":["a/y"],"waiting":1}"#)
  }

  @Test("Many workers take every key, each key by one worker at a time")
  func parallel() async {
    let queue = queue()
    let state = Locked((inWork: Set<ObjectKey>(), twice: false, seen: Set<ObjectKey>()))
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<8 {
        group.addTask {
          while let key = await queue.next() {
            state.withLock { state in
              if !state.inWork.insert(key).inserted { state.twice = true }
            }
            await Task.yield()
            state.withLock { state in
              state.inWork.remove(key)
              state.seen.insert(key)
            }
            queue.done(key)
          }
        }
      }
      for round in 0..<2000 { queue.add(key("k\(round % 50)")) }
      await eventually { state.withLock { $0.seen.count == 50 } && queue.snapshot.ready.isEmpty }
      queue.close()
    }
    #expect(state.withLock { !$0.twice && $0.inWork.isEmpty })
  }
}
