/// How to reach a URL's host while asking for, and verifying, another name.
///
/// libcurl takes the name to verify from the URL, so the name replaces the host there, and the host and port that were
/// meant go into `CURLOPT_CONNECT_TO` and the `Host` field.
struct ServerNameRoute: Equatable {
  let url: String
  /// `NAME:PORT:HOST:PORT`
  let connectTo: String
  /// The `Host` field.
  let host: String

  /// Nil if the URL is not an `https` URL.
  init?(url: String, serverName: String) {
    let scheme = "https://"
    guard url.prefix(scheme.count).lowercased() == scheme else { return nil }
    let rest = url.dropFirst(scheme.count)
    let authority = rest.prefix { !"/?#".contains($0) }
    let userEnd = authority.lastIndex(of: "@").map { authority.index(after: $0) } ?? authority.startIndex
    let user = authority[..<userEnd]
    let host = String(authority[userEnd...])
    let afterAddress = host.lastIndex(of: "]") ?? host.startIndex
    let colon = host[afterAddress...].lastIndex(of: ":")
    let port = colon.map { String(host[host.index(after: $0)...]) } ?? "443"
    let name = colon.map { String(host[..<$0]) } ?? host
    self.host = host
    self.url = "\(scheme)\(user)\(serverName):\(port)\(rest[authority.endIndex...])"
    connectTo = "\(serverName):\(port):\(name):\(port)"
  }
}
