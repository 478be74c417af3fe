import Glibc

/// Names to addresses, before libpq does it: libpq would block the thread of all connections.
enum AddressResolution {
  /// The parameters with `hostaddr` for each host name, a host for each of its addresses.
  ///
  /// Blocks. `host` stays, as TLS checks the certificate against it. Sockets' folders, addresses that are given and
  /// names that do not resolve are left alone; of the last, nil where no host is left.
  static func resolve(_ parameters: [String: String]) -> [String: String]? {
    guard parameters["hostaddr"] == nil, let list = parameters["host"], !list.isEmpty else { return parameters }
    let hosts = list.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    let ports = (parameters["port"] ?? "").split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    var out: [(host: String, address: String, port: String)] = []
    for (index, host) in hosts.enumerated() {
      let port = ports.count == hosts.count ? ports[index] : ports.first ?? ""
      if host.isEmpty || host.hasPrefix("/") || host.hasPrefix("@") {
        out.append((host, "", port))
      } else {
        out += addresses(host).map { (host, $0, port) }
      }
    }
    guard !out.isEmpty else { return nil }
    var resolved = parameters
    resolved["host"] = out.map(\.host).joined(separator: ",")
    resolved["hostaddr"] = out.map(\.address).joined(separator: ",")
    if parameters["port"] != nil { resolved["port"] = out.map(\.port).joined(separator: ",") }
    return resolved
  }

  private static func addresses(_ host: String) -> [String] {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var list: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(host, nil, &hints, &list) == 0 else { return [] }
    defer { freeaddrinfo(list) }
    var out: [String] = []
    var next = list
    while let entry = next {
      var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
      if getnameinfo(
        entry.pointee.ai_addr, entry.pointee.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST) == 0
      {
        let address = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        if !out.contains(address) { out.append(address) }
      }
      next = entry.pointee.ai_next
    }
    return out
  }
}
