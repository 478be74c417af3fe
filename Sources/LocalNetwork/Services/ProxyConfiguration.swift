/// The service proxy's configuration file: HAProxy, forwarding TCP. Pure.
enum ProxyConfiguration {
  /// A name that HAProxy accepts.
  static func identifier(_ frontend: String) -> String {
    String(frontend.map { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "." || $0 == ":" ? $0 : "_" })
  }

  static func text(_ table: ServiceTable, slots: ServiceSlots, socket: String) -> String {
    var out = """
      global
        stats socket \(socket) mode 600 level admin expose-fd listeners
        hard-stop-after 10s
      defaults
        mode tcp
        timeout connect 2s
        timeout client 1h
        timeout server 1h
        retries 2
        option redispatch 1

      """
    for frontend in table.frontends {
      out += "listen \(identifier(frontend.name))\n  bind \(frontend.address):\(frontend.port)\n  balance roundrobin\n"
      let held = slots.held[frontend.name] ?? []
      for slot in 0..<ServiceSlots.count {
        if slot < held.count, let endpoint = held[slot] {
          out += "  server e\(slot) \(endpoint)\n"
        } else {
          out += "  server e\(slot) 127.0.0.1:1 disabled\n"
        }
      }
    }
    return out
  }
}
