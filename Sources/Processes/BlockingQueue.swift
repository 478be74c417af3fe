import Glibc
import Threads

/// Counts up on `signal` and down on `wait`, which blocks the thread at zero.
final class Semaphore: Sendable {
  /// A semaphore's address must not change, so it lives in memory of its own; the calls on it are thread-safe.
  private nonisolated(unsafe) let semaphore: UnsafeMutablePointer<sem_t>

  init() {
    semaphore = .allocate(capacity: 1)
    sem_init(semaphore, 0, 0)
  }

  deinit {
    sem_destroy(semaphore)
    semaphore.deallocate()
  }

  func signal() { sem_post(semaphore) }

  func wait() {
    while sem_wait(semaphore) != 0, errno == EINTR {}
  }
}

/// Elements from any thread or task, taken one by one by a thread that may block.
final class BlockingQueue<Element: Sendable>: Sendable {
  private let elements = Locked<[Element]>([])
  private let available = Semaphore()

  func add(_ element: Element) {
    elements.withLock { $0.append(element) }
    available.signal()
  }

  /// The next element; waits for one.
  func next() -> Element? {
    while true {
      available.wait()
      let element: Element? = elements.withLock { $0.isEmpty ? nil : $0.removeFirst() }
      if let element { return element }
    }
  }
}
