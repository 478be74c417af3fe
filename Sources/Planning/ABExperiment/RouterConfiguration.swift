/// The configuration of an experiment's router: HAProxy, which assigns each user to a variant and forwards.
///
/// The assignment is `xxh32(salt ":" user) mod 10000`, divided by 100 to a slot, and the slot's line in the map; so
/// anyone can compute it again. The control frontend changes lines of the map in memory, which takes effect with the
/// next request and needs no reload; the map's file is what a restart begins with.
struct RouterConfiguration: Sendable, Hashable {
  struct Backend: Sendable, Hashable {
    var variant: String
    /// `host:port` of the variant's Service.
    var server: String
  }

  var salt: String
  /// The header that names the user, if one does.
  var header: String?
  /// The cookie that names users without the header; it is set where it is missing.
  var cookie: String
  var backends: [Backend]
  /// Takes the users of a variant that cannot answer.
  var control: String

  static let folder = "/etc/martlet-router"
  static let port = 8080
  static let metricsPort = 8405
  static let controlPort = 8406
  static let tokenVariable = "MARTLET_CONTROL_TOKEN"

  var text: String {
    let map = "\(Self.folder)/slots.map"
    let newCookie = "\"\(cookie)=%[var(txn.new)]; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax\""
    let isChange = "METH_PUT { req.hdr(x-slot) -m found } { req.hdr(x-variant) -m found }"
    var out = """
      global
        log stdout format raw local0 warning
        maxconn 8000
        no strict-limits
      defaults
        mode http
        log global
        timeout connect 2s
        timeout client 60s
        timeout server 60s
        timeout http-keep-alive 30s
        timeout check 5s
        retries 2
        retry-on conn-failure empty-response
        option redispatch 1
        option forwardfor if-none
        default-server check inter 1s fall 2 rise 1 on-marked-down shutdown-sessions
      frontend split
        bind "${POD_IP}:\(Self.port)"
        http-request return status 200 content-type text/plain string "ok" if { path /_martlet/ready }

      """
    if let header { out += "  http-request set-var(txn.user) req.hdr(\(header))\n" }
    out += """
        http-request set-var(txn.user) req.cook(\(cookie)) unless { var(txn.user) -m len gt 0 }
        http-request set-var(txn.new) uuid() unless { var(txn.user) -m len gt 0 }
        http-request set-var(txn.user) var(txn.new) unless { var(txn.user) -m len gt 0 }
        http-request set-var(txn.bucket) str(\(salt):),concat(,txn.user,),xxh32(0),mod(\(SlotTable.buckets))
        http-request set-var(txn.slot) var(txn.bucket),div(\(SlotTable.buckets / SlotTable.count))
        http-request set-var(txn.assigned) var(txn.slot),map(\(map),\(control))
        http-request set-var(txn.variant) var(txn.assigned)

      """
    for backend in backends where backend.variant != control {
      out += "  http-request set-var(txn.variant) str(\(control)) if { var(txn.assigned) -m str \(backend.variant) } "
      out += "{ nbsrv(variant_\(backend.variant)) lt 1 }\n"
    }
    out += """
        http-after-response set-header X-Martlet-Variant %[var(txn.variant)]
        http-after-response set-header X-Martlet-Assigned %[var(txn.assigned)]
        http-after-response add-header Set-Cookie \(newCookie) if { var(txn.new) -m found }
        use_backend variant_%[var(txn.variant)]
        default_backend variant_\(control)
      frontend metrics
        bind "${POD_IP}:\(Self.metricsPort)"
        http-request use-service prometheus-exporter if { path /metrics }
      frontend control
        bind "${POD_IP}:\(Self.controlPort)"
        http-request deny deny_status 401 unless { req.hdr(authorization) -m str "Bearer ${\(Self.tokenVariable)}" }
        http-request set-map(\(map)) %[req.hdr(x-slot)] %[req.hdr(x-variant)] if \(isChange)
        http-request return status 200 content-type text/plain lf-string "%[str(version),map(\(map),none)]"

      """
    for backend in backends {
      out += """
        backend variant_\(backend.variant)
          balance roundrobin
          option httpchk
          http-check send meth GET uri /ping
          http-check expect status 200
          server service \(backend.server)

        """
    }
    return out
  }
}
