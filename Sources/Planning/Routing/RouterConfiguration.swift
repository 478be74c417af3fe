import CRDTypes

/// The configuration of a router: HAProxy, which assigns each request to a variant and forwards it.
///
/// Users are assigned by `xxh32(salt ":" user) mod 10000`, divided by 100 to a slot, and the slot's line in the map; so
/// anyone can compute it again. The control frontend changes lines of the map in memory, which takes effect with the
/// next request and needs no reload; the map's file is what a restart begins with.
struct RouterConfiguration: Sendable, Hashable {
  /// How a request comes to its slot.
  enum Assignment: Sendable, Hashable {
    /// By its user: the header's value, else the cookie's, which is set where it is missing.
    case user(salt: String, header: String?, cookie: String)
    /// By chance, each request for itself.
    case random
  }

  struct Backend: Sendable, Hashable {
    var variant: String
    /// `host:port` of the variant's Service.
    var server: String
    /// The path that answers 200 while the variant can serve.
    var healthPath = "/ping"
    /// Servers, by name, that take requests which it does not answer.
    var backups: [Backup] = []
  }

  struct Backup: Sendable, Hashable {
    var variant: String
    var server: String
  }

  /// What requests must fulfil to be let in.
  struct Gate: Sendable, Hashable {
    /// All requests are let in where it is nil.
    var key: Key?
    var maxBodyBytes: Int64?
    /// How long a request may take.
    var timeout: Duration?
  }

  /// A key that requests carry.
  struct Key: Sendable, Hashable {
    var header: String
    /// The files below `keyFolder` with a key each.
    var files: [String]
  }

  var assignment: Assignment
  var backends: [Backend]
  /// Takes the users of a variant that cannot answer, where that has no backups of its own.
  var control: String
  var gate = Gate()
  /// Whether slots may send copies of requests to another variant.
  var mirrors = false

  /// How long a request may take where nothing is said.
  static let defaultTimeout: Duration = .seconds(60)
  static let folder = "/etc/martlet-router"
  static let keyFolder = "/etc/martlet-keys"
  static let port = 8080
  static let metricsPort = 8405
  static let controlPort = 8406
  static let tokenVariable = "MARTLET_CONTROL_TOKEN"
  /// Stands in a slot between the variant that answers and the one that gets a copy.
  static let mirrorSign = "+"

  /// A short text that two configurations share only if they are equal.
  var digest: String { ShortHash.of(text + (program ?? "")) }

  var text: String {
    let routing = defaults + entry + split + answers + timing + choice
    return routing + service + copies + tables + backends.map(section).joined()
  }

  /// What copies requests; nil where nothing does.
  var program: String? { mirrors ? RouterMirror.program(wait: longest) : nil }

  /// How long a request may take, in seconds.
  private var longest: Int64 { max((gate.timeout ?? Self.defaultTimeout).components.seconds, 1) }

  private static let map = "\(folder)/slots.map"

  private var defaults: String {
    let load = mirrors ? "\n  lua-load \(Self.folder)/\(RouterMirror.file)" : ""
    return """
      global
        log stdout format raw local0 warning
        maxconn 8000
        tune.bufsize \(mirrors ? RouterMirror.bufferBytes : 32768)\(load)
        no strict-limits
      defaults
        mode http
        log global
        timeout connect 2s
        timeout client \(max(longest, 60))s
        timeout server \(longest)s
        timeout http-keep-alive 30s
        timeout check 5s
        retries 4
        retry-on conn-failure empty-response
        option redispatch 1
        option http-buffer-request
        option forwardfor if-none
        option idle-close-on-response
        default-server check inter 1s fall 2 rise 1 on-marked-down shutdown-sessions

      """
  }

  private var entry: String {
    var out = """
      frontend split
        bind "${POD_IP}:\(Self.port)"
        http-request return status 200 content-type text/plain string "ok" if { path /_martlet/ready }

      """
    if let key = gate.key {
      let lists = key.files.map { "-f \(Self.keyFolder)/\($0)" }.joined(separator: " ")
      out += "  http-request deny deny_status 401 unless { req.hdr(\(key.header)) -m str \(lists) }\n"
    }
    if let most = gate.maxBodyBytes {
      // The size of what has no length would be known only when all of it was there.
      out += "  http-request return status 411 content-type text/plain string \"a Content-Length is needed\" "
      out += "if { method POST PUT PATCH } !{ req.hdr(content-length) -m found }\n"
      out += "  http-request deny deny_status 413 if { req.body_size gt \(most) }\n"
    }
    return out
  }

  private var split: String {
    var out = ""
    let bucket: String
    switch assignment {
    case .user(let salt, let header, let cookie):
      if let header { out += "  http-request set-var(txn.user) req.hdr(\(header))\n" }
      out += """
          http-request set-var(txn.user) req.cook(\(cookie)) unless { var(txn.user) -m len gt 0 }
          http-request set-var(txn.new) uuid() unless { var(txn.user) -m len gt 0 }
          http-request set-var(txn.user) var(txn.new) unless { var(txn.user) -m len gt 0 }

        """
      bucket = "str(\(salt):),concat(,txn.user,),xxh32(0),mod(\(SlotTable.buckets))"
    case .random:
      bucket = "rand(\(SlotTable.buckets))"
    }
    out += """
        http-request set-var(txn.bucket) \(bucket)
        http-request set-var(txn.slot) var(txn.bucket),div(\(SlotTable.buckets / SlotTable.count))
        http-request set-var(txn.assigned) var(txn.slot),map(\(Self.map),\(control))

      """
    if mirrors {
      out += """
          http-request set-var(txn.mirror) var(txn.assigned),field(2,\(Self.mirrorSign))
          http-request set-var(txn.assigned) var(txn.assigned),field(1,\(Self.mirrorSign))
          http-request lua.mirror if { var(txn.mirror) -m len gt 0 }

        """
    }
    out += "  http-request set-var(txn.variant) var(txn.assigned)\n"
    for backend in backends where backend.variant != control && backend.backups.isEmpty {
      guard case .user = assignment else { continue }
      out += "  http-request set-var(txn.variant) str(\(control)) if { var(txn.assigned) -m str \(backend.variant) } "
      out += "{ nbsrv(variant_\(backend.variant)) lt 1 }\n"
    }
    return out
  }

  private var answers: String {
    var out = """
        http-after-response set-header X-Martlet-Variant %[var(txn.variant)]
        http-after-response set-header X-Martlet-Assigned %[var(txn.assigned)]

      """
    if case .user(_, _, let cookie) = assignment {
      let value = "\"\(cookie)=%[var(txn.new)]; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax\""
      out += "  http-after-response add-header Set-Cookie \(value) if { var(txn.new) -m found }\n"
    }
    return out
  }

  private var choice: String { "  use_backend variant_%[var(txn.variant)]\n  default_backend variant_\(control)\n" }

  /// So many bits of a time in milliseconds are counted: up to two minutes.
  static let timeBits = 17
  private static let timeTable = "martlet_time"

  /// Sums the times of the answers of each variant's own server. A counter of HAProxy goes up by one at a time, so there
  /// is one for each bit, and the sum is that of the counters by the values of their bits. (HAProxy's own averages start
  /// from zero and take hundreds of requests to mean something.)
  private var timing: String {
    guard countsTime else { return "" }
    var out = """
        http-request set-var(txn.start) date(0,ms)
        http-response set-var(txn.took) date(0,ms),sub(txn.start)
        http-response track-sc0 var(txn.variant) table \(Self.timeTable) if { srv_name -m str \(Self.ownServer) }
        http-response sc-inc-gpc(0,0)

      """
    for bit in 0..<Self.timeBits {
      out += "  http-response sc-inc-gpc(\(bit + 1),0) if { var(txn.took),and(\(1 << bit)) gt 0 }\n"
    }
    return out
  }

  /// The lines that tell a variant's name, its answers and the counters of bits.
  private var times: String {
    guard countsTime else { return "" }
    var out = ""
    for backend in backends {
      let counters = (0...Self.timeBits).map { "%[str(\(backend.variant)),table_gpc(\($0),\(Self.timeTable))]" }
      out += "  http-request return status 200 content-type text/plain "
      out += "lf-string \"\(counters.joined(separator: " "))\" if { path \(Self.timePath)\(backend.variant) }\n"
    }
    return out
  }

  static let timePath = "/times/"
  private var countsTime: Bool { assignment == .random }

  private var service: String {
    let isChange = "METH_PUT { req.hdr(x-slot) -m found } { req.hdr(x-variant) -m found }"
    return """
      frontend metrics
        bind "${POD_IP}:\(Self.metricsPort)"
        http-request use-service prometheus-exporter if { path /metrics }
      \(times)frontend control
        bind "${POD_IP}:\(Self.controlPort)"
        http-request deny deny_status 401 unless { req.hdr(authorization) -m str "Bearer ${\(Self.tokenVariable)}" }
        http-request set-map(\(Self.map)) %[req.hdr(x-slot)] %[req.hdr(x-variant)] if \(isChange)
        http-request return status 200 content-type text/plain lf-string "%[str(version),map(\(Self.map),none)]"

      """
  }

  /// Takes the copies: to the variant's own server alone, as another must not get them.
  private var copies: String {
    guard mirrors else { return "" }
    let token = RouterMirror.tokenHeader
    var out = """
      frontend copies
        bind "${POD_IP}:\(RouterMirror.port)"
        http-request deny deny_status 401 unless { req.hdr(\(token)) -m str "${\(Self.tokenVariable)}" }
        http-request set-var(txn.variant) req.hdr(\(RouterMirror.header))
        http-request del-header \(token)
      \(timing)  use_backend mirror_%[var(txn.variant)]

      """
    for backend in backends {
      out += "backend mirror_\(backend.variant)\n  retries 0\n  server \(Self.ownServer) \(backend.server) no-check\n"
    }
    return out
  }

  /// The name of the server in each backend that is the variant's own; the others are its backups.
  static let ownServer = "service"

  private var tables: String {
    guard countsTime else { return "" }
    let store = "stick-table type string len 64 size 1k store gpc(\(Self.timeBits + 1))"
    return "backend \(Self.timeTable)\n  \(store)\n"
  }

  /// Whether a variant's own server is checked: then its users can be given to the control. Without, requests are always
  /// tried there, as a Service leads to ready pods alone.
  private var isChecked: Bool { assignment != .random }

  private func section(_ backend: Backend) -> String {
    var out = """
      backend variant_\(backend.variant)
        balance roundrobin
        option httpchk
        http-check send meth GET uri \(backend.healthPath)
        http-check expect status 200
        server \(Self.ownServer) \(backend.server)\(isChecked ? "" : " no-check")

      """
    guard !backend.backups.isEmpty else { return out }
    // All requests go to the variant's own server. Only what is tried again is balanced, and never to the server that
    // did not answer; one marked `backup` would not be tried before a health check has failed. Backups are checked: with
    // none that is up, the own server is tried again, a second later.
    out += "  use-server \(Self.ownServer) if { always_true }\n"
    for backup in backend.backups { out += "  server \(backup.variant) \(backup.server)\n" }
    return out
  }
}
