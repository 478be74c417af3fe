import Threads

/// What the transfer loop has received of a streamed response and its reader has not taken: one loop, one reader.
final class BodyBuffer: Sendable {
  struct Head: Sendable {
    let status: Int
    let headers: HTTPHeaders
  }

  private struct State {
    var head: UnsafeContinuation<Head, any Error>?
    var reader: UnsafeContinuation<[UInt8]?, any Error>?
    var bytes: [UInt8] = []
    var isPaused = false
    /// Set when nothing more will come; the error is thrown to the reader once, after the bytes.
    var end: Result<Void, any Error>?
  }

  enum Taken {
    case bytes([UInt8], wasPaused: Bool)
    case end
    case nothing
  }

  private let state = Locked(State())

  /// Registers who waits for the head. Called once, before the transfer starts.
  func awaitHead(_ continuation: UnsafeContinuation<Head, any Error>) {
    state.withLock { $0.head = continuation }
  }

  // MARK: The loop's side

  func begin(_ head: Head) {
    state.withLock { state in
      defer { state.head = nil }
      return state.head
    }?.resume(returning: head)
  }

  /// Takes bytes in, or refuses all of them if the reader is too far behind; the transfer must then pause.
  func receive(_ bytes: UnsafeRawBufferPointer, limit: Int) -> Bool {
    var waiting: UnsafeContinuation<[UInt8]?, any Error>?
    let accepted = state.withLock { state in
      if let reader = state.reader {
        waiting = reader
        state.reader = nil
        return true
      }
      guard state.bytes.count < limit else {
        state.isPaused = true
        return false
      }
      state.bytes.append(contentsOf: bytes)
      return true
    }
    waiting?.resume(returning: Array(bytes))
    return accepted
  }

  /// Nothing more will come: the body is complete, or `error` says why not.
  func finish(_ result: Result<Void, any Error>) {
    let (head, reader) = state.withLock { state in
      defer { (state.head, state.reader) = (nil, nil) }
      if state.end == nil {
        // Whoever waits is told now, so the next read sees just the end.
        state.end = state.head == nil && state.reader == nil ? result : .success(())
      }
      return (state.head, state.reader)
    }
    switch result {
    case .success:
      // A response whose head never came is reported as an error by the loop.
      head?.resume(throwing: CancellationError())
      reader?.resume(returning: nil)
    case .failure(let error):
      head?.resume(throwing: error)
      reader?.resume(throwing: error)
    }
  }

  // MARK: The reader's side

  var isEnded: Bool { state.withLock { $0.end != nil } }

  /// What can be had without waiting.
  func take() throws -> Taken {
    try state.withLock { try Self.take(&$0) }
  }

  /// Registers the reader, unless there is something to take now.
  func takeOrWait(_ continuation: UnsafeContinuation<[UInt8]?, any Error>) -> Bool {
    var wasPaused = false
    let result = state.withLock { state -> Result<[UInt8]?, any Error>? in
      do {
        switch try Self.take(&state) {
        case .bytes(let bytes, let paused):
          wasPaused = paused
          return .success(bytes)
        case .end: return .success(nil)
        case .nothing:
          state.reader = continuation
          return nil
        }
      } catch {
        return .failure(error)
      }
    }
    if let result { continuation.resume(with: result) }
    return wasPaused
  }

  private static func take(_ state: inout State) throws -> Taken {
    if !state.bytes.isEmpty {
      defer {
        state.bytes = []
        state.isPaused = false
      }
      return .bytes(state.bytes, wasPaused: state.isPaused)
    }
    guard let end = state.end else { return .nothing }
    state.end = .success(())
    try end.get()
    return .end
  }
}
