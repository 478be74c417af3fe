/// An address to listen on, as `HOST:PORT` or `:PORT`.
struct BindAddress: Sendable, Hashable {
  let host: String
  let port: Int

  /// Nil where the text is no such address. Without a host it is every IPv4 address of the machine.
  init?(_ text: String) {
    guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
      (0...65535).contains(port)
    else { return nil }
    var host = text[..<colon]
    if host.first == "[", host.last == "]" { host = host.dropFirst().dropLast() }
    self.host = host.isEmpty ? "0.0.0.0" : String(host)
    self.port = port
  }
}
