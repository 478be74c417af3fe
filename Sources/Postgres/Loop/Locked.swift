import Glibc

/// A value that any thread may read and change, one at a time.
///
/// A pthread mutex, as ThreadSanitizer does not understand `Synchronization.Mutex` on Linux. Never hold it across
/// anything that can block.
final class Locked<Value>: Sendable {
  // Touched only between lock and unlock of the mutex beside it.
  private nonisolated(unsafe) var value: Value
  // Allocated once and freed in deinit; pthread functions are safe to call from every thread.
  private nonisolated(unsafe) let mutex: UnsafeMutablePointer<pthread_mutex_t>

  init(_ value: sending Value) {
    self.value = value
    mutex = .allocate(capacity: 1)
    mutex.initialize(to: pthread_mutex_t())
    pthread_mutex_init(mutex, nil)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  func with<Result>(_ body: (inout Value) -> Result) -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return body(&value)
  }
}
