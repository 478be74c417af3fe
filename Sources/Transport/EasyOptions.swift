import CCurl

/// Sets options of an easy handle and remembers the first that libcurl refused.
struct EasyOptions {
  private let easy: UnsafeMutableRawPointer
  private(set) var result = CURLE_OK

  init(_ easy: UnsafeMutableRawPointer) {
    self.easy = easy
  }

  mutating func set(_ option: CURLoption, _ value: Int) { note(martlet_easy_long(easy, option, value)) }
  mutating func set(_ option: CURLoption, string: String?) { note(martlet_easy_string(easy, option, string)) }
  mutating func set(_ option: CURLoption, pointer: UnsafeMutableRawPointer?) {
    note(martlet_easy_pointer(easy, option, pointer))
  }
  mutating func set(_ option: CURLoption, list: UnsafeMutablePointer<curl_slist>?) {
    note(martlet_easy_list(easy, option, list))
  }
  mutating func set(_ option: CURLoption, callback: @escaping martlet_data_callback) {
    note(martlet_easy_data_callback(easy, option, callback))
  }
  mutating func set(_ option: CURLoption, blob: [UInt8]) {
    blob.withUnsafeBytes { note(martlet_easy_blob(easy, option, $0.baseAddress, $0.count)) }
  }

  private mutating func note(_ code: CURLcode) {
    if result == CURLE_OK { result = code }
  }

  /// What all requests with one configuration share.
  mutating func apply(_ configuration: HTTPClientConfiguration) {
    set(CURLOPT_NOSIGNAL, 1)
    note(martlet_easy_close_on_exec(easy))
    set(CURLOPT_PROTOCOLS_STR, string: "http,https")
    set(CURLOPT_USERAGENT, string: configuration.userAgent)
    // HTTP/2 where TLS negotiates it; requests wait for a connection that may be shared rather than open their own.
    set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_2TLS))
    set(CURLOPT_PIPEWAIT, 1)
    set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
    // A peer whose machine is gone is found after 30 + 3 * 10 seconds of silence.
    set(CURLOPT_TCP_KEEPALIVE, 1)
    set(CURLOPT_TCP_KEEPIDLE, 30)
    set(CURLOPT_TCP_KEEPINTVL, 10)
    if let proxy = configuration.proxy {
      set(CURLOPT_PROXY, string: proxy)
      set(CURLOPT_NOPROXY, string: "")
    }
    apply(configuration.tls)
  }

  private mutating func apply(_ tls: TLSOptions) {
    set(CURLOPT_SSL_VERIFYPEER, tls.verifyPeer ? 1 : 0)
    set(CURLOPT_SSL_VERIFYHOST, tls.verifyPeer ? 2 : 0)
    switch tls.trustRoots {
    case .system: break
    case .pem(let bytes): set(CURLOPT_CAINFO_BLOB, blob: bytes)
    case .file(let path): set(CURLOPT_CAINFO, string: path)
    }
    guard let client = tls.clientCertificate else { return }
    set(CURLOPT_SSLCERTTYPE, string: "PEM")
    set(CURLOPT_SSLKEYTYPE, string: "PEM")
    set(CURLOPT_SSLCERT_BLOB, blob: client.certificatePEM)
    set(CURLOPT_SSLKEY_BLOB, blob: client.keyPEM)
  }

  /// What differs from request to request, on a handle that may have carried another one.
  mutating func apply(_ request: HTTPRequest, url: String) {
    set(CURLOPT_URL, string: url)
    set(CURLOPT_CONNECTTIMEOUT_MS, max(1, request.timeouts.connect.milliseconds))
    if request.sendsBody {
      let body = request.body ?? []
      set(CURLOPT_POST, 1)
      note(martlet_easy_offset(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count)))
      body.withUnsafeBytes { bytes in
        // A null pointer would make libcurl ask for the body by callback.
        withUnsafeBytes(of: 0) { none in
          let start = UnsafeMutableRawPointer(mutating: bytes.baseAddress ?? none.baseAddress)
          set(CURLOPT_COPYPOSTFIELDS, pointer: start)
        }
      }
      set(CURLOPT_CUSTOMREQUEST, string: request.method == "POST" ? nil : request.method)
    } else if request.method == "HEAD" {
      set(CURLOPT_NOBODY, 1)
      set(CURLOPT_CUSTOMREQUEST, string: nil)
    } else {
      set(CURLOPT_HTTPGET, 1)
      set(CURLOPT_CUSTOMREQUEST, string: request.method == "GET" ? nil : request.method)
    }
  }

  /// Frees the copy of a request's body that an unused handle would keep.
  static func dropBody(_ easy: UnsafeMutableRawPointer) {
    var options = EasyOptions(easy)
    options.set(CURLOPT_COPYPOSTFIELDS, pointer: nil)
  }
}

extension HTTPRequest {
  /// Whether a body is sent, if only an empty one: servers want a `Content-Length` with these methods.
  var sendsBody: Bool { body != nil || ["POST", "PUT", "PATCH"].contains(method) }

  /// Whether nothing in the request can end a line early and smuggle further lines into it.
  var isWellFormed: Bool {
    let isToken = { (byte: UInt8) in byte > 32 && byte < 127 && byte != UInt8(ascii: ":") }
    return !method.isEmpty && method.utf8.allSatisfy(isToken) && url.utf8.allSatisfy { $0 > 32 && $0 != 127 }
      && headers.fields.allSatisfy { field in
        !field.name.isEmpty && field.name.utf8.allSatisfy(isToken)
          && field.value.utf8.allSatisfy { $0 != 0 && $0 != 10 && $0 != 13 }
      }
  }
}

extension Duration {
  var milliseconds: Int {
    Int(components.seconds) * 1000 + Int(components.attoseconds / 1_000_000_000_000_000)
  }

  /// Zero if negative; so long that it never ends if it does not fit.
  var nanoseconds: UInt64 {
    let (seconds, rest) = components
    guard seconds >= 0, rest >= 0 else { return 0 }
    return seconds > 1 << 32 ? 1 << 62 : UInt64(seconds) * 1_000_000_000 + UInt64(rest / 1_000_000_000)
  }
}
