import JSON

/// What a probe looks at.
enum ProbeTarget: Sendable, Hashable {
  case http(scheme: String, host: String, port: Int, path: String, headers: [String: String])
  case tcp(host: String, port: Int)
  case exec([String])

  /// Reads the handler of a probe; nil where a port's name is not among the container's ports.
  init?(_ probe: JSONValue, container: JSONValue, podIP: String) {
    func port(_ value: JSONValue?) -> Int? {
      if let number = value?.int { return number }
      guard let name = value?.string else { return nil }
      return container["ports"]?.array?.first { $0["name"]?.string == name }?["containerPort"]?.int ?? Int(name)
    }
    if let get = probe["httpGet"] {
      guard let number = port(get["port"]) else { return nil }
      var headers: [String: String] = [:]
      for header in get["httpHeaders"]?.array ?? [] {
        if let name = header["name"]?.string { headers[name] = header["value"]?.string ?? "" }
      }
      let path = get["path"]?.string ?? "/"
      self = .http(
        scheme: (get["scheme"]?.string ?? "HTTP").lowercased(), host: get["host"]?.string ?? podIP, port: number,
        path: path.hasPrefix("/") ? path : "/" + path, headers: headers)
    } else if let socket = probe["tcpSocket"] {
      guard let number = port(socket["port"]) else { return nil }
      self = .tcp(host: socket["host"]?.string ?? podIP, port: number)
    } else if let command = probe[path: "exec", "command"]?.array {
      self = .exec(command.compactMap(\.string))
    } else {
      return nil
    }
  }
}
