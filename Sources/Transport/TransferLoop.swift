import Synchronization
import Threads

/// A thread with its own connections, and the asynchronous calls into it. The thread ends when the loop is released.
final class TransferLoop: Sendable {
  private let mailbox = LoopMailbox()
  private let lastID = Atomic<TransferID>(0)

  init(_ configuration: HTTPClientConfiguration) {
    let started = DedicatedThread.start { [mailbox] in
      TransferDriver(mailbox, configuration)?.run()
      for case .start(_, let request, let sink) in mailbox.closeDown() {
        sink.fail(TransportError.closed(request))
      }
      mailbox.announceEnd()
    }
    if started == nil { _ = mailbox.closeDown() }
  }

  deinit {
    mailbox.post(.stop)
  }

  @discardableResult
  func post(_ command: LoopCommand) -> Bool { mailbox.post(command) }

  /// Ends the thread; returns when its connections are closed.
  func stop() async {
    mailbox.post(.stop)
    await mailbox.waitUntilClosed()
  }

  func collect(_ request: HTTPRequest) async throws -> HTTPResponse {
    let id = nextID()
    try Task.checkCancellation()
    return try await withTaskCancellationHandler {
      try await withUnsafeThrowingContinuation { continuation in
        if post(.start(id, request, .collect(continuation))) {
          cancelIfTooLate(id)
        } else {
          continuation.resume(throwing: TransportError.closed(request))
        }
      }
    } onCancel: {
      mailbox.post(.cancel(id))
    }
  }

  func stream(_ request: HTTPRequest) async throws -> StreamedResponse {
    let id = nextID()
    try Task.checkCancellation()
    let buffer = BodyBuffer()
    let lease = ResponseBody.Lease(buffer: buffer, loop: self, id: id)
    let head = try await withTaskCancellationHandler {
      try await withUnsafeThrowingContinuation { continuation in
        buffer.awaitHead(continuation)
        if post(.start(id, request, .stream(buffer))) {
          cancelIfTooLate(id)
        } else {
          buffer.finish(.failure(TransportError.closed(request)))
        }
      }
    } onCancel: {
      mailbox.post(.cancel(id))
    }
    return StreamedResponse(status: head.status, headers: head.headers, body: ResponseBody(lease))
  }

  private func nextID() -> TransferID { lastID.wrappingAdd(1, ordering: .relaxed).newValue }

  /// A task cancelled just before its transfer was posted told the loop to cancel what it did not know yet.
  private func cancelIfTooLate(_ id: TransferID) {
    if Task.isCancelled { mailbox.post(.cancel(id)) }
  }
}

extension TransferSink {
  func fail(_ error: any Error) {
    switch self {
    case .collect(let continuation): continuation.resume(throwing: error)
    case .stream(let buffer): buffer.finish(.failure(error))
    case .probe: break
    }
  }
}

extension TransportError {
  static func closed(_ request: HTTPRequest) -> TransportError {
    TransportError(code: .closed, method: request.method, url: request.url, message: "the client was shut down")
  }
}
