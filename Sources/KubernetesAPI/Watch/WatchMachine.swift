import CRDTypes
import Transport

/// Decides what a watch does next: what happened goes in, what to do comes out. No input or output, no clock.
///
/// The initial list is streamed through the watch itself where the server can (KEP-3157), which spares it from
/// building the list in memory, and is listed in pages elsewhere. From then on the machine watches from the last
/// version that it has seen, for ever: streams that end are opened again at once, failures wait with a growing pause,
/// and a version that the server no longer knows (410, as an answer or as an ERROR event) means a fresh initial list.
struct WatchMachine: Sendable {
  enum State: Sendable, Hashable {
    /// Nothing is known. Goes to `streaming` or `listing`.
    case empty
    /// The initial list comes as a stream. `restarted` was emitted if `opened`. To `watching` at its end mark; to
    /// `empty` on any failure.
    case streaming(opened: Bool)
    /// The initial list comes in pages; `next` is the token of the page that was asked for. To `watching` after the
    /// last page; to `empty` on 410, as the token has expired.
    case listing(next: String?)
    /// Everything up to the version is known. To `empty` on 410.
    case watching(resourceVersion: String)
  }

  enum Input: Sendable {
    /// The shell is ready: at the start, and after each wait.
    case ready
    case page(ListPage)
    /// The server accepted the watch.
    case opened
    case line(WatchLine)
    /// The stream ended as streams do (`timeoutSeconds`).
    case ended
    /// The list or watch failed.
    case failed(WatchTrouble)
  }

  enum Action: Sendable, Hashable {
    /// Asks for a page. The answer is `page` or `failed`.
    case list(next: String?)
    /// Opens a watch; the last one is closed. Without a version the initial list is streamed.
    case watch(resourceVersion: String?)
    /// Reads on. The answer is `line`, `ended` or `failed`.
    case read
    /// Pauses, then `ready`.
    case wait(Duration)
  }

  struct Step: Sendable, Hashable {
    var events: [WatchEvent] = []
    var action: Action
  }

  private(set) var state = State.empty
  /// Whether the initial list is streamed; false once the server has said that it cannot.
  private(set) var streams: Bool
  /// Failures and fruitless streams in a row.
  private(set) var failures = 0
  /// Whether the open stream has brought anything since the initial list.
  private var progressed = false
  /// The next initial list is taken in pages although the server may stream.
  private var listsOnce = false

  /// client-go's reflector: 0.8 s doubling up to 30 s, each shortened by chance here instead of lengthened.
  static let backoff = Backoff(initial: .milliseconds(800), factor: 2, cap: .seconds(30), jitter: 0.5)

  init(streams: Bool = true) { self.streams = streams }

  /// - Parameter random: from 0 up to 1; spreads the pauses.
  mutating func advance(_ input: Input, random: Double) -> Step {
    switch input {
    case .ready: Step(action: begin())
    case .page(let page): received(page)
    case .opened: opened()
    case .line(let line): received(line, random: random)
    case .ended: ended(random: random)
    case .failed(let trouble): failed(trouble, random: random)
    }
  }

  /// The request that the state calls for.
  private mutating func begin() -> Action {
    switch state {
    case .empty:
      if streams, !listsOnce {
        state = .streaming(opened: false)
        return .watch(resourceVersion: nil)
      }
      state = .listing(next: nil)
      return .list(next: nil)
    case .streaming:
      state = .streaming(opened: false)
      return .watch(resourceVersion: nil)
    case .listing(let next): return .list(next: next)
    case .watching(let version): return .watch(resourceVersion: version)
    }
  }

  private mutating func received(_ page: ListPage) -> Step {
    guard case .listing(let token) = state else { return Step(action: begin()) }
    var events: [WatchEvent] = token == nil ? [.restarted] : []
    events += page.items.map(WatchEvent.initial)
    if let next = page.next {
      state = .listing(next: next)
    } else {
      listsOnce = false
      events.append(.synced(resourceVersion: page.resourceVersion))
      state = .watching(resourceVersion: page.resourceVersion)
    }
    return Step(events: events, action: begin())
  }

  private mutating func opened() -> Step {
    progressed = false
    guard case .streaming(opened: false) = state else { return Step(action: .read) }
    state = .streaming(opened: true)
    return Step(events: [.restarted], action: .read)
  }

  private mutating func received(_ line: WatchLine, random: Double) -> Step {
    if case .error(let error) = line { return failed(.refused(error), random: random) }
    switch state {
    case .streaming: return streamed(line)
    case .watching(let version): return watched(line, after: version)
    case .empty, .listing: return Step(action: .read)
    }
  }

  private mutating func streamed(_ line: WatchLine) -> Step {
    switch line {
    case .added(let object), .modified(let object): return Step(events: [.initial(object)], action: .read)
    case .deleted(let object): return Step(events: [.deleted(object)], action: .read)
    case .bookmark(let version, endsInitialEvents: true):
      state = .watching(resourceVersion: version)
      return Step(events: [.synced(resourceVersion: version)], action: .read)
    case .bookmark, .error: return Step(action: .read)
    }
  }

  private mutating func watched(_ line: WatchLine, after version: String) -> Step {
    // The stream moves: whatever went wrong before is over.
    failures = 0
    progressed = true
    func newer(_ text: String) -> State { .watching(resourceVersion: text.isEmpty ? version : text) }
    switch line {
    case .added(let object), .modified(let object):
      state = newer(object.resourceVersion)
      return Step(events: [.applied(object)], action: .read)
    case .deleted(let object):
      state = newer(object.resourceVersion)
      return Step(events: [.deleted(object)], action: .read)
    case .bookmark(let version, _):
      state = newer(version)
      return Step(action: .read)
    case .error: return Step(action: .read)
    }
  }

  private mutating func ended(random: Double) -> Step {
    if case .streaming = state {
      // A server that ignores `sendInitialEvents` never sends the end mark.
      listsOnce = true
      state = .empty
      return pause(random: random)
    }
    if progressed { return Step(action: begin()) }
    // A stream that brought nothing may be one that the server ends at once: no hot loop.
    failures += 1
    return failures == 1 ? Step(action: begin()) : pause(counted: true, random: random)
  }

  private mutating func failed(_ trouble: WatchTrouble, random: Double) -> Step {
    guard case .refused(let error) = trouble else {
      if case .streaming = state { state = .empty }
      return pause(random: random)
    }
    if case .streaming(opened: false) = state, Self.meansNoStreaming(error) {
      streams = false
      state = .empty
      return Step(action: begin())
    }
    if case .streaming = state {
      state = .empty
      // Also what an API server answers whose etcd is too old to say how far a watch has come: a list would succeed.
      listsOnce = error.httpStatus == 500
    }
    if error.isGone {
      state = .empty
      failures += 1
      return failures == 1 ? Step(action: begin()) : pause(counted: true, random: random)
    }
    return pause(atLeast: error.retryAfter, random: random)
  }

  private mutating func pause(counted: Bool = false, atLeast: Duration? = nil, random: Double) -> Step {
    if !counted { failures += 1 }
    let pause = Self.backoff.delay(attempt: max(0, failures - 1), random: random)
    let whole = Duration.milliseconds(Int64((pause / .milliseconds(1)).rounded()))
    return Step(action: .wait(max(whole, atLeast ?? .zero)))
  }

  /// A server without the feature refuses `sendInitialEvents` as invalid; one that is no kube-apiserver may say that
  /// it does not do such things.
  private static func meansNoStreaming(_ error: APIError) -> Bool {
    error.isInvalid || [400, 405, 406, 415, 501].contains(error.httpStatus)
  }
}
