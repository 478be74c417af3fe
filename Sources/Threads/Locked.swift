import Glibc

/// A value that one thread or task at a time can use.
///
/// For short, synchronous critical sections; nothing may block or be awaited inside. It is a POSIX mutex, since
/// ThreadSanitizer cannot see `Synchronization.Mutex` lock on Linux and reports correct programs.
///
/// `@unchecked Sendable`: `value` is reached only through `withLock`, which holds the mutex.
public final class Locked<Value>: @unchecked Sendable {
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private var value: Value

  public init(_ value: sending Value) {
    self.value = value
    mutex = .allocate(capacity: 1)
    mutex.initialize(to: pthread_mutex_t())
    pthread_mutex_init(mutex, nil)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  /// Runs `body` with the value, alone. Not re-entrant: calling it again from `body` deadlocks.
  public func withLock<Result, Failure: Error>(
    _ body: (inout Value) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return try body(&value)
  }
}
