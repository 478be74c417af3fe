import CRDTypes
import Transport

extension KubernetesClient {
  /// Watches a collection without end: an initial list, then every change, across broken connections, restarts of the
  /// server and expired versions.
  ///
  /// The sequence ends only when the task that reads it is cancelled. Nothing is read ahead: a slow reader slows the
  /// stream. Each iteration is a watch of its own.
  ///
  /// - Parameter onTrouble: called with everything that interrupts the watch, such as missing permissions.
  public func watch(
    _ request: WatchRequest, onTrouble: (@Sendable (WatchTrouble) -> Void)? = nil
  ) -> WatchSequence {
    WatchSequence(client: self, request: request, onTrouble: onTrouble)
  }
}

/// The events of a watch; see ``KubernetesClient/watch(_:onTrouble:)``.
public struct WatchSequence: AsyncSequence, Sendable {
  public typealias Element = WatchEvent
  public typealias Failure = Never

  let client: KubernetesClient
  let request: WatchRequest
  let onTrouble: (@Sendable (WatchTrouble) -> Void)?

  public func makeAsyncIterator() -> Iterator { Iterator(self) }

  /// Carries out what the machine decides, one action at a time, when it is asked for an event.
  public struct Iterator: AsyncIteratorProtocol {
    public typealias Element = WatchEvent
    public typealias Failure = Never

    private let watch: WatchSequence
    private var machine = WatchMachine()
    private var action: WatchMachine.Action?
    private var ready: ArraySlice<WatchEvent> = []
    private var stream: WatchStream?

    init(_ watch: WatchSequence) { self.watch = watch }

    public mutating func next() async -> WatchEvent? {
      await next(isolation: #isolation)
    }

    public mutating func next(isolation actor: isolated (any Actor)?) async -> WatchEvent? {
      while !Task.isCancelled {
        if let event = ready.popFirst() { return event }
        guard let input = await input() else { break }
        if case .failed(let trouble) = input { watch.onTrouble?(trouble) }
        if case .line(.error(let error)) = input { watch.onTrouble?(.refused(error)) }
        let step = machine.advance(input, random: watch.client.random())
        ready = step.events[...]
        action = step.action
      }
      stream = nil
      return nil
    }

    /// What came of the last action; nil where the task was cancelled.
    private mutating func input() async -> WatchMachine.Input? {
      do {
        switch action {
        case nil: return .ready
        case .wait(let pause):
          stream = nil
          try await watch.client.sleep(pause)
          return .ready
        case .list(let token):
          stream = nil
          return .page(try await watch.client.page(watch.request, token: token))
        case .watch(let version):
          stream = nil
          stream = try await watch.client.openWatch(watch.request, resourceVersion: version)
          return .opened
        case .read:
          guard let line = try await stream?.next() else { return .ended }
          return .line(line)
        }
      } catch {
        return Task.isCancelled || error is CancellationError ? nil : .failed(WatchTrouble(error))
      }
    }
  }
}

/// A watch's open stream, as lines.
struct WatchStream {
  private var chunks: ResponseBody.AsyncIterator
  private var framer = LineFramer()
  private let path: String

  init(_ body: ResponseBody, path: String) {
    chunks = body.makeAsyncIterator()
    self.path = path
  }

  /// The next line, whatever chunks it came in; nil at the end. A line without its end was cut off and is not given:
  /// the next watch begins before it.
  mutating func next() async throws -> WatchLine? {
    while true {
      while let line = framer.next() {
        if !line.isEmpty { return try WatchLine(line, path: path) }
      }
      guard let chunk = try await chunks.next() else { return nil }
      framer.append(chunk)
    }
  }
}

extension WatchTrouble {
  init(_ error: any Error) {
    switch error {
    case let trouble as WatchTrouble: self = trouble
    case let error as APIError: self = .refused(error)
    default: self = .connection(String(describing: error))
    }
  }
}

extension KubernetesClient {
  /// Seconds after which the server ends a watch, so that streams spread over servers again (kube-rs and client-go
  /// stay below the 295 s that some load balancers allow).
  private static let watchSeconds = 290
  /// How much longer the client waits before it calls a silent stream dead.
  private static let idleMargin = 5

  func page(_ request: WatchRequest, token: String?) async throws -> ListPage {
    try await page(
      request.type, namespace: request.namespace, selector: request.selector, size: request.pageSize, token: token)
  }

  func openWatch(_ request: WatchRequest, resourceVersion: String?) async throws -> WatchStream {
    var query: Query = ["watch": "true", "allowWatchBookmarks": "true", "timeoutSeconds": "\(Self.watchSeconds)"]
    if let resourceVersion {
      query.add("resourceVersion", resourceVersion)
    } else {
      query.add("sendInitialEvents", "true")
      query.add("resourceVersionMatch", "NotOlderThan")
    }
    request.selector.add(to: &query)
    var call = APICall("GET", request.type.collectionPath(namespace: request.namespace), query: query)
    call.timeouts = Timeouts(idle: .seconds(Self.watchSeconds + Self.idleMargin))
    do {
      return WatchStream(try await open(call), path: call.path)
    } catch {
      throw wrapped(error, call)
    }
  }
}
