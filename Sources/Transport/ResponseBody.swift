/// The bytes of a streamed response, in chunks as they arrive; for one reader.
///
/// A reader that falls behind pauses its own transfer; others on the same connection go on. Iteration throws
/// ``TransportError`` if the body ends early, and `CancellationError` when the reading task is cancelled. When the body
/// and its iterator are dropped, the transfer is cancelled.
public struct ResponseBody: AsyncSequence, Sendable {
  public typealias Element = [UInt8]

  private let lease: Lease

  init(_ lease: Lease) {
    self.lease = lease
  }

  public func makeAsyncIterator() -> Iterator { Iterator(lease: lease) }

  public struct Iterator: AsyncIteratorProtocol {
    fileprivate let lease: Lease

    /// The next chunk, never empty; nil after the last.
    public mutating func next() async throws -> [UInt8]? { try await lease.next() }
  }

  /// Cancels the transfer when nobody can read it any more.
  final class Lease: Sendable {
    let buffer: BodyBuffer
    let loop: TransferLoop
    let id: TransferID

    init(buffer: BodyBuffer, loop: TransferLoop, id: TransferID) {
      self.buffer = buffer
      self.loop = loop
      self.id = id
    }

    deinit {
      if !buffer.isEnded { loop.post(.cancel(id)) }
    }

    fileprivate func next() async throws -> [UInt8]? {
      try Task.checkCancellation()
      switch try buffer.take() {
      case .bytes(let bytes, let wasPaused):
        if wasPaused { loop.post(.resume(id)) }
        return bytes
      case .end: return nil
      case .nothing: break
      }
      return try await withTaskCancellationHandler {
        // Unsafe continuations, here and elsewhere, spare an allocation: the buffer resumes each exactly once.
        try await withUnsafeThrowingContinuation { continuation in
          if buffer.takeOrWait(continuation) { loop.post(.resume(id)) }
        }
      } onCancel: {
        loop.post(.cancel(id))
      }
    }
  }
}
