import CCurl
import CLinux
import Glibc

/// The state of a loop's thread: one libcurl multi handle, driven by epoll.
final class TransferDriver {
  let mailbox: LoopMailbox
  let multi: UnsafeMutableRawPointer
  let epoll: Int32
  var configuration: HTTPClientConfiguration
  /// `CLOCK_MONOTONIC` in nanoseconds, read once per turn of the loop.
  private(set) var now: UInt64 = 0
  var active: [TransferID: Transfer] = [:]
  /// The sockets that libcurl waits on, and the driver's clock when something last arrived on each.
  var sockets: [Int32: UInt64] = [:]
  var health = ConnectionHealth()
  /// When the transfers must be looked through for time-outs at the latest.
  var sweepDeadline = UInt64.max
  /// Origins, as `https://host:port`, that a probe is on its way to.
  var probed: Set<String> = []
  /// Whether an answer has come since the loop was last without work, so that libcurl knows how many streams a
  /// connection can carry.
  var isWarm = false
  /// What waits for that, in order.
  private var waiting: [(id: TransferID, request: HTTPRequest, sink: TransferSink)] = []
  private var generation = 0
  private var idle: [Transfer] = []
  /// When libcurl wants to be called, whatever happens.
  private var timerDeadline = UInt64.max
  /// Probes are numbered down from the highest number; callers' transfers up from 1.
  private var lastProbe = TransferID.max

  /// The most easy handles kept for later requests.
  private static let idleLimit = 256
  /// Streams of one HTTP/2 connection, if the server allows as many; kube-apiserver allows 100 or 250.
  private static let streamLimit = 250
  /// Streams that libcurl puts on a connection before the server has said how many it allows; for each further request
  /// it would open another connection at once.
  private static let coldLimit = 100
  /// Connections that are kept while nobody uses them. libcurl's own limit is four times the requests in flight as one
  /// ends: over HTTP/1.1 it would close most of a burst's connections at its end, and open them for the next.
  private static let connectionLimit = 64

  init?(_ mailbox: LoopMailbox, _ configuration: HTTPClientConfiguration) {
    let epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
    guard CurlFailure.isReady, mailbox.wakeUps >= 0, epoll >= 0, let multi = curl_multi_init() else {
      if epoll >= 0 { close(epoll) }
      return nil
    }
    self.mailbox = mailbox
    self.configuration = configuration
    self.epoll = epoll
    self.multi = multi
    let context = Unmanaged.passUnretained(self).toOpaque()
    martlet_multi_pointer(multi, CURLMOPT_SOCKETDATA, context)
    martlet_multi_pointer(multi, CURLMOPT_TIMERDATA, context)
    martlet_multi_socket_callback(multi, driverDidChangeSocket)
    martlet_multi_timer_callback(multi, driverDidSetTimer)
    martlet_multi_long(multi, CURLMOPT_PIPELINING, Int(CURLPIPE_MULTIPLEX))
    martlet_multi_long(multi, CURLMOPT_MAX_CONCURRENT_STREAMS, Self.streamLimit)
    martlet_multi_long(multi, CURLMOPT_MAXCONNECTS, Self.connectionLimit)
    // Told of each write, so that the count need not be read.
    watch(mailbox.wakeUps, EPOLLIN.rawValue | EPOLLET.rawValue, operation: EPOLL_CTL_ADD)
  }

  deinit {
    // What follows closes connections, for which libcurl would call back into an object that is going away.
    martlet_multi_socket_callback(multi, nil)
    martlet_multi_timer_callback(multi, nil)
    for transfer in active.values { curl_multi_remove_handle(multi, transfer.easy) }
    active = [:]
    idle = []
    curl_multi_cleanup(multi)
    close(epoll)
  }

  /// Runs until it is told to stop; then fails what is in flight.
  func run() {
    var commands: [LoopCommand] = []
    var events = [epoll_event](repeating: epoll_event(), count: 128)
    while true {
      readClock()
      let timeout = mailbox.fallAsleep() ? millisecondsToSleep : 0
      let count = epoll_wait(epoll, &events, Int32(events.count), timeout)
      readClock()
      mailbox.take(&commands)
      var isStopped = false
      for command in commands {
        if case .stop = command { isStopped = true } else { carryOut(command) }
      }
      if isStopped { return failAll() }
      let corked = commands.count > 1 ? cork() : []
      commands.removeAll(keepingCapacity: true)
      for event in events.prefix(max(0, Int(count))) { handle(event) }
      if now >= timerDeadline {
        timerDeadline = .max
        act(on: CURL_SOCKET_TIMEOUT, 0)
      }
      uncork(corked)
      reap()
      if now >= sweepDeadline { sweep() }
      admit()
    }
  }

  private func readClock() {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    now = UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }

  private var millisecondsToSleep: Int32 {
    let deadline = min(timerDeadline, sweepDeadline)
    guard deadline != .max else { return -1 }
    // Rounded up: waking before the deadline would only mean another turn.
    return deadline <= now ? 0 : Int32(min((deadline - now + 999_999) / 1_000_000, 1 << 30))
  }

  private func handle(_ event: epoll_event) {
    let socket = event.data.fd
    guard socket != mailbox.wakeUps else { return }
    guard sockets[socket] != nil else {
      // An unused connection that libcurl let go of: its end is seen when it is next wanted.
      epoll_ctl(epoll, EPOLL_CTL_DEL, socket, nil)
      return
    }
    let ready = event.events
    var mask: Int32 = 0
    if ready & (EPOLLIN.rawValue | EPOLLHUP.rawValue) != 0 {
      mask |= CURL_CSELECT_IN
      sockets[socket] = now
    }
    if ready & EPOLLOUT.rawValue != 0 { mask |= CURL_CSELECT_OUT }
    if ready & EPOLLERR.rawValue != 0 { mask |= CURL_CSELECT_ERR }
    act(on: socket, mask)
  }

  private func act(on socket: Int32, _ mask: Int32) {
    var running: Int32 = 0
    curl_multi_socket_action(multi, socket, mask, &running)
  }

  private func carryOut(_ command: LoopCommand) {
    switch command {
    case .start(let id, let request, let sink):
      if waiting.isEmpty, isWarm || active.count < Self.coldLimit {
        start(id, request, sink)
      } else {
        waiting.append((id, request, sink))
      }
    case .cancel(let id):
      if let transfer = active[id] {
        fail(transfer, CancellationError())
      } else if let index = waiting.firstIndex(where: { $0.id == id }) {
        waiting.remove(at: index).sink.fail(CancellationError())
      }
    case .resume(let id):
      if let transfer = active[id] {
        transfer.resume()
        noteDeadline(of: transfer)
      }
    case .configure(let changed):
      configuration = changed
      generation += 1
      idle = []
    case .stop: break
    }
  }

  // MARK: One transfer from start to end

  func startProbe(_ request: HTTPRequest) {
    start(lastProbe, request, .probe)
    lastProbe -= 1
  }

  /// Starts what waited for a first answer, or for room.
  private func admit() {
    if active.isEmpty { isWarm = false }
    var admitted = 0
    while admitted < waiting.count, isWarm || active.count < Self.coldLimit {
      let (id, request, sink) = waiting[admitted]
      admitted += 1
      start(id, request, sink)
    }
    if admitted > 0 { waiting.removeFirst(admitted) }
  }

  private func start(_ id: TransferID, _ request: HTTPRequest, _ sink: TransferSink) {
    guard let transfer = idle.popLast() ?? Transfer(self, configuration, generation: generation) else {
      return sink.fail(CurlFailure.error(CURLE_OUT_OF_MEMORY, text: "", request: request))
    }
    if let refused = transfer.prepare(id, request, sink, configuration: configuration) {
      sink.fail(CurlFailure.error(refused, text: "", request: request))
      return recycle(transfer)
    }
    active[id] = transfer
    guard curl_multi_add_handle(multi, transfer.easy) == CURLM_OK else {
      return fail(transfer, CurlFailure.error(CURLE_FAILED_INIT, text: "", request: request))
    }
    noteDeadline(of: transfer)
  }

  /// Takes what libcurl has finished.
  private func reap() {
    var left: Int32 = 0
    while let message = curl_multi_info_read(multi, &left) {
      guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle else { continue }
      let result = martlet_message_result(message)
      var context: UnsafeMutableRawPointer?
      martlet_info_pointer(easy, CURLINFO_PRIVATE, &context)
      guard let context else { continue }
      let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
      finish(transfer, result)
    }
  }

  private func finish(_ transfer: Transfer, _ result: CURLcode) {
    if result == CURLE_OK {
      health.heard(on: transfer.localPort, at: now)
      release(transfer) { transfer.deliver() }
    } else if transfer.isTooLarge {
      let limit = configuration.maximumBodySize
      let request = transfer.request
      fail(
        transfer,
        TransportError(
          code: .tooLarge, curlCode: Int32(bitPattern: result.rawValue), method: request.method, url: request.url,
          message: "the response body has more than \(limit) bytes"))
    } else {
      fail(transfer, transfer.error(result))
    }
  }

  func fail(_ transfer: Transfer, _ error: any Error) {
    release(transfer) { transfer.sink.fail(error) }
  }

  private func release(_ transfer: Transfer, _ tell: () -> Void) {
    // Also resets the stream of a transfer that is not complete; its connection goes on.
    curl_multi_remove_handle(multi, transfer.easy)
    active[transfer.id] = nil
    if case .probe = transfer.sink { probed.remove(transfer.request.origin) }
    tell()
    recycle(transfer)
  }

  private func recycle(_ transfer: Transfer) {
    transfer.clear()
    if transfer.generation == generation, idle.count < Self.idleLimit { idle.append(transfer) }
  }

  private func failAll() {
    for (_, request, sink) in waiting { sink.fail(TransportError.closed(request)) }
    waiting = []
    for transfer in Array(active.values) { fail(transfer, TransportError.closed(transfer.request)) }
  }

  // MARK: What libcurl asks for

  fileprivate func setTimer(_ milliseconds: Int) {
    timerDeadline = milliseconds < 0 ? .max : now + UInt64(milliseconds) * 1_000_000
  }

  fileprivate func changeSocket(_ socket: Int32, _ what: Int32) {
    if what == CURL_POLL_REMOVE {
      // Left to epoll, since with one request after another it is wanted again at once.
      sockets[socket] = nil
      return
    }
    var interest: UInt32 = 0
    if what & CURL_POLL_IN != 0 { interest |= EPOLLIN.rawValue }
    if what & CURL_POLL_OUT != 0 { interest |= EPOLLOUT.rawValue }
    if sockets[socket] == nil { sockets[socket] = 0 }
    // One that was closed has left epoll by itself, and its number may come back.
    if !watch(socket, interest, operation: EPOLL_CTL_MOD) { watch(socket, interest, operation: EPOLL_CTL_ADD) }
  }

  @discardableResult
  private func watch(_ socket: Int32, _ interest: UInt32, operation: Int32) -> Bool {
    var event = epoll_event()
    event.events = interest
    event.data.fd = socket
    return epoll_ctl(epoll, operation, socket, &event) == 0
  }
}

private func driverDidChangeSocket(
  _ easy: UnsafeMutableRawPointer?, _ socket: Int32, _ what: Int32, _ context: UnsafeMutableRawPointer?,
  _ attached: UnsafeMutableRawPointer?
) -> Int32 {
  guard let context else { return 0 }
  Unmanaged<TransferDriver>.fromOpaque(context).takeUnretainedValue().changeSocket(socket, what)
  return 0
}

private func driverDidSetTimer(
  _ multi: UnsafeMutableRawPointer?, _ milliseconds: Int, _ context: UnsafeMutableRawPointer?
) -> Int32 {
  guard let context else { return 0 }
  Unmanaged<TransferDriver>.fromOpaque(context).takeUnretainedValue().setTimer(milliseconds)
  return 0
}
