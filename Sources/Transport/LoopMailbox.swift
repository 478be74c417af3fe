import CLinux
import Glibc
import Threads

/// Names one transfer within its loop.
typealias TransferID = UInt64

/// What a transfer loop can be told to do.
enum LoopCommand: Sendable {
  case start(TransferID, HTTPRequest, TransferSink)
  case cancel(TransferID)
  /// The reader of a paused stream has room again.
  case resume(TransferID)
  case configure(HTTPClientConfiguration)
  case stop
}

/// Who receives what a transfer brings.
enum TransferSink: Sendable {
  case collect(UnsafeContinuation<HTTPResponse, any Error>)
  case stream(BodyBuffer)
  /// Nobody: the answer only shows that the connection lives.
  case probe
}

/// Commands from any thread to the loop's thread, which is woken only if it sleeps.
final class LoopMailbox: Sendable {
  private struct State {
    var commands: [LoopCommand] = []
    var isAsleep = false
    var isClosed = false
    /// Who waits for the loop's end.
    var watchers: [UnsafeContinuation<Void, Never>] = []
  }

  /// Readable when the loop has been woken; -1 if the process is out of file descriptors.
  let wakeUps = eventfd(0, Int32(EFD_NONBLOCK) | Int32(EFD_CLOEXEC))
  private let state = Locked(State())

  deinit {
    if wakeUps >= 0 { close(wakeUps) }
  }

  /// Leaves a command; false if the loop has ended and will not see it.
  @discardableResult
  func post(_ command: LoopCommand) -> Bool {
    let (accepted, wake) = state.withLock { state in
      guard !state.isClosed else { return (false, false) }
      state.commands.append(command)
      defer { state.isAsleep = false }
      return (true, state.isAsleep)
    }
    if wake {
      var one: UInt64 = 1
      write(wakeUps, &one, 8)
    }
    return accepted
  }

  /// Waits until the loop has ended.
  func waitUntilClosed() async {
    await withUnsafeContinuation { continuation in
      let isClosed = state.withLock { state in
        if !state.isClosed { state.watchers.append(continuation) }
        return state.isClosed
      }
      if isClosed { continuation.resume() }
    }
  }

  // MARK: The loop's side

  /// Whether the loop may sleep: from now on, a command wakes it.
  func fallAsleep() -> Bool {
    state.withLock { state in
      state.isAsleep = state.commands.isEmpty
      return state.isAsleep
    }
  }

  /// Exchanges `commands`, which must be empty, for those that were posted.
  func take(_ commands: inout [LoopCommand]) {
    state.withLock { state in
      state.isAsleep = false
      swap(&state.commands, &commands)
    }
  }

  /// Refuses further commands and returns those that nobody will carry out.
  func closeDown() -> [LoopCommand] {
    state.withLock { state in
      state.isClosed = true
      defer { state.commands = [] }
      return state.commands
    }
  }

  /// Tells those who wait that all is closed.
  func announceEnd() {
    let watchers = state.withLock { state in
      defer { state.watchers = [] }
      return state.watchers
    }
    for watcher in watchers { watcher.resume() }
  }
}
