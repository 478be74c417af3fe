import Glibc

/// A value that several tasks share, guarded by a POSIX mutex.
///
/// For short, synchronous critical sections; nothing may be awaited inside. `Synchronization.Mutex` would do the
/// same, but ThreadSanitizer cannot see its locking on Linux and reports correct programs.
///
/// `@unchecked Sendable`: `value` is reached only through `withLock`, which holds the mutex, and is itself Sendable.
public final class Locked<Value: Sendable>: @unchecked Sendable {
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private var value: Value

  public init(_ value: Value) {
    self.value = value
    mutex = .allocate(capacity: 1)
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
