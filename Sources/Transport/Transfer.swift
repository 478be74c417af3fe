import CCurl

/// One libcurl easy handle with the request it carries; used by the loop's thread only, and again for later requests.
///
/// libcurl's callbacks receive the transfer unretained: the driver keeps it as long as the handle is in use.
final class Transfer {
  let easy: UnsafeMutableRawPointer
  /// Which configuration the handle was set up with.
  let generation: Int
  private unowned let driver: TransferDriver
  private let errorText: UnsafeMutablePointer<CChar>
  private var fieldList: UnsafeMutablePointer<curl_slist>?
  private var fieldListSource: [HTTPHeaders.Field]?
  private var routeList: UnsafeMutablePointer<curl_slist>?

  private(set) var id: TransferID = 0
  private(set) var request = HTTPRequest(url: "")
  private(set) var sink = TransferSink.probe
  /// The driver's clock when the request was started.
  private(set) var started: UInt64 = 0
  /// The driver's clock when a byte was last moved.
  var lastActivity: UInt64 = 0
  /// The driver's clock when a byte last arrived; 0 before.
  private(set) var lastHeard: UInt64 = 0
  /// What was sent of the body when the driver last looked.
  var uploaded: curl_off_t = 0
  /// The driver's clock when the connection was last examined because of this transfer.
  var lastProbed: UInt64 = 0
  private(set) var isPaused = false
  private(set) var isTooLarge = false
  private var head: [UInt8] = []
  private var body: [UInt8] = []

  init?(_ driver: TransferDriver, _ configuration: HTTPClientConfiguration, generation: Int) {
    guard let easy = curl_easy_init() else { return nil }
    self.easy = easy
    self.driver = driver
    self.generation = generation
    errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
    errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    var options = EasyOptions(easy)
    options.apply(configuration)
    options.set(CURLOPT_ERRORBUFFER, pointer: UnsafeMutableRawPointer(errorText))
    let context = Unmanaged.passUnretained(self).toOpaque()
    options.set(CURLOPT_PRIVATE, pointer: context)
    options.set(CURLOPT_WRITEDATA, pointer: context)
    options.set(CURLOPT_HEADERDATA, pointer: context)
    options.set(CURLOPT_WRITEFUNCTION, callback: transferDidReceiveBody)
    options.set(CURLOPT_HEADERFUNCTION, callback: transferDidReceiveHead)
    configurationResult = options.result
  }

  /// Whether the handle could be set up; a client certificate or trust roots that cannot be used show here or later.
  private var configurationResult = CURLE_OK

  deinit {
    curl_easy_cleanup(easy)
    curl_slist_free_all(fieldList)
    curl_slist_free_all(routeList)
    errorText.deallocate()
  }

  /// Prepares the handle for a request.
  ///
  /// - Returns: what libcurl did not accept, or nil.
  func prepare(
    _ id: TransferID, _ request: HTTPRequest, _ sink: TransferSink, configuration: HTTPClientConfiguration
  ) -> CURLcode? {
    self.id = id
    self.request = request
    self.sink = sink
    started = driver.now
    lastActivity = driver.now
    lastHeard = 0
    uploaded = 0
    lastProbed = 0
    isPaused = false
    isTooLarge = false
    head.removeAll(keepingCapacity: true)
    body = []
    errorText[0] = 0

    guard configurationResult == CURLE_OK else { return configurationResult }
    guard request.isWellFormed else { return CURLE_URL_MALFORMAT }
    var fields = request.headers.fields
    var options = EasyOptions(easy)
    var url = request.url
    if let name = configuration.tls.serverName, let route = ServerNameRoute(url: url, serverName: name) {
      url = route.url
      if request.headers["Host"] == nil { fields.append(.init(name: "Host", value: route.host)) }
      curl_slist_free_all(routeList)
      routeList = curl_slist_append(nil, route.connectTo)
      options.set(CURLOPT_CONNECT_TO, list: routeList)
    }
    if request.sendsBody {
      fields.append(.init(name: "Expect", value: ""))
      if request.headers["Content-Type"] == nil { fields.append(.init(name: "Content-Type", value: "")) }
    }
    if fields != fieldListSource { rebuildFieldList(fields) }
    options.set(CURLOPT_HTTPHEADER, list: fieldList)
    options.apply(request, url: url)
    if case .collect = sink, configuration.acceptsCompression {
      options.set(CURLOPT_ACCEPT_ENCODING, string: "gzip")
    } else {
      options.set(CURLOPT_ACCEPT_ENCODING, string: nil)
    }
    return options.result == CURLE_OK ? nil : options.result
  }

  /// The values with an empty value take back what libcurl would add by itself.
  private func rebuildFieldList(_ fields: [HTTPHeaders.Field]) {
    curl_slist_free_all(fieldList)
    fieldList = nil
    for field in fields {
      let removes = field.value.isEmpty && ["Expect", "Content-Type"].contains(field.name)
      let line = field.value.isEmpty && !removes ? "\(field.name);" : "\(field.name): \(field.value)"
      fieldList = curl_slist_append(fieldList, removes ? "\(field.name):" : line) ?? fieldList
    }
    fieldListSource = fields
  }

  /// Lets go of the request and of its caller's data.
  func clear() {
    if request.sendsBody { EasyOptions.dropBody(easy) }
    request = HTTPRequest(url: "")
    sink = .probe
    body = []
    if head.capacity > 16 << 10 { head = [] }
  }

  var status: Int {
    var status = 0
    martlet_info_long(easy, CURLINFO_RESPONSE_CODE, &status)
    return status
  }

  /// The local port of the connection that the transfer is on or was on; 0 if there was none.
  var localPort: Int {
    var port = 0
    martlet_info_long(easy, CURLINFO_LOCAL_PORT, &port)
    return port
  }

  func error(_ result: CURLcode) -> TransportError {
    CurlFailure.error(result, text: String(cString: errorText), request: request)
  }

  /// Hands the collected response over.
  func deliver() {
    switch sink {
    case .collect(let continuation):
      continuation.resume(returning: HTTPResponse(status: status, wire: head, body: body))
    case .stream(let buffer):
      buffer.finish(.success(()))
    case .probe: break
    }
  }

  /// Goes on with a paused transfer; libcurl may call back before this returns.
  func resume() {
    guard isPaused else { return }
    isPaused = false
    lastActivity = driver.now
    curl_easy_pause(easy, CURLPAUSE_CONT_ALL)
  }

  // MARK: Callbacks

  fileprivate func receiveHead(_ line: UnsafeRawBufferPointer) {
    driver.isWarm = true
    lastActivity = driver.now
    lastHeard = driver.now
    // Another status line: what came so far was an interim response. Lines after the body, trailers, are kept too.
    if line.starts(with: "HTTP/".utf8) { head.removeAll(keepingCapacity: true) }
    head.append(contentsOf: line)
    guard case .stream(let buffer) = sink, line.count <= 2, status >= 200 else { return }
    buffer.begin(.init(status: status, headers: HTTPHeaders(wire: head)))
  }

  /// - Returns: what libcurl's write callback returns.
  fileprivate func receiveBody(_ bytes: UnsafeRawBufferPointer) -> Int {
    lastActivity = driver.now
    lastHeard = driver.now
    switch sink {
    case .collect:
      guard body.count + bytes.count <= driver.configuration.maximumBodySize else {
        isTooLarge = true
        return 0
      }
      if body.isEmpty { reserveBody() }
      body.append(contentsOf: bytes)
    case .stream(let buffer):
      guard buffer.receive(bytes, limit: driver.configuration.streamBufferSize) else {
        isPaused = true
        return Int(CURL_WRITEFUNC_PAUSE)
      }
    case .probe: break
    }
    return bytes.count
  }

  private func reserveBody() {
    var length: curl_off_t = -1
    martlet_info_offset(easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length)
    // The length is the server's word, and of the compressed body: believed up to a point.
    if length > 0 { body.reserveCapacity(min(length, 1 << 20)) }
  }
}

/// `CURLPAUSE_CONT`, which is a cast macro that Swift does not import.
private let CURLPAUSE_CONT_ALL: Int32 = 0

private func transferDidReceiveHead(
  _ data: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
  guard let data, let context else { return 0 }
  let bytes = UnsafeRawBufferPointer(start: data, count: size * count)
  Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue().receiveHead(bytes)
  return size * count
}

private func transferDidReceiveBody(
  _ data: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
  guard let data, let context else { return 0 }
  let bytes = UnsafeRawBufferPointer(start: data, count: size * count)
  return Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue().receiveBody(bytes)
}
