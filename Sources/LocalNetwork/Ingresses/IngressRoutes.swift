import CRDTypes
import JSON

/// What the Ingress objects ask of the proxy: hosts, paths and the cluster addresses behind them. Pure.
struct IngressRoutes: Sendable, Hashable {
  struct Route: Sendable, Hashable {
    var path: String
    var isExact: Bool
    /// `address:port` of the Service; nil where it does not exist, which answers 503.
    var backend: String?
  }

  struct Host: Sendable, Hashable {
    /// nil takes requests for any host.
    var name: String?
    /// The key of the Secret with the certificate.
    var tlsSecret: ObjectKey?
    var routes: [Route]

    /// Adds a route unless there is one for the same requests. For a path of type Prefix an ending slash means nothing.
    mutating func add(_ route: Route) {
      func matched(_ route: Route) -> String {
        !route.isExact && route.path.hasSuffix("/") ? String(route.path.dropLast()) : route.path
      }
      if !routes.contains(where: { $0.isExact == route.isExact && matched($0) == matched(route) }) { routes.append(route) }
    }
  }

  var hosts: [Host]

  init(ingresses: [DynamicObject], services: [DynamicObject], className: String) {
    let byKey = Dictionary(services.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
    var hosts: [String: Host] = [:]
    // What takes requests that no path takes; it comes last, whatever Ingress it is from.
    var defaults: [(host: String, route: Route)] = []
    for ingress in ingresses.sorted(by: { ($0.creationTimestamp ?? "", $0.key) < ($1.creationTimestamp ?? "", $1.key) }) {
      let wanted = ingress.spec["ingressClassName"]?.string ?? ingress.annotations["kubernetes.io/ingress.class"]
      guard wanted == nil || wanted == className else { continue }
      let rules = ingress.spec["rules"]?.array ?? []
      if let backend = ingress.spec["defaultBackend"] {
        let route = Route(path: "/", isExact: false, backend: Self.address(backend, ingress, byKey))
        for name in [""] + rules.compactMap({ $0["host"]?.string }) { defaults.append((name, route)) }
      }
      for rule in rules {
        let name = rule["host"]?.string ?? ""
        guard Self.isHost(name) else { continue }
        var host = hosts[name] ?? Host(name: name.isEmpty ? nil : name, tlsSecret: nil, routes: [])
        for path in rule[path: "http", "paths"]?.array ?? [] {
          let text = path["path"]?.string ?? "/"
          guard let text = Self.path(text) else { continue }
          // The oldest Ingress keeps a path that two ask for.
          host.add(
            Route(
              path: text, isExact: path["pathType"]?.string == "Exact",
              backend: Self.address(path["backend"] ?? .null, ingress, byKey)))
        }
        for tls in ingress.spec["tls"]?.array ?? [] {
          let names = tls["hosts"]?.array?.compactMap(\.string) ?? []
          if names.contains(name), let secret = tls["secretName"]?.string {
            host.tlsSecret = ObjectKey(namespace: ingress.namespace, name: secret)
          }
        }
        hosts[name] = host
      }
    }
    for (name, route) in defaults where Self.isHost(name) {
      hosts[name, default: Host(name: name.isEmpty ? nil : name, tlsSecret: nil, routes: [])].add(route)
    }
    self.hosts = hosts.sorted { $0.key < $1.key }.map(\.value)
  }

  /// A DNS name, which may start with a wildcard; what else an API server lets through is not served.
  private static func isHost(_ name: String) -> Bool {
    let plain = name.hasPrefix("*.") ? name.dropFirst(2) : name[...]
    return plain.utf8.allSatisfy { byte in
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
    }
  }

  /// An absolute path without control characters; nil for any other. Without a path a rule takes everything.
  private static func path(_ text: String) -> String? {
    if text.isEmpty { return "/" }
    return text.hasPrefix("/") && text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F } ? text : nil
  }

  private static func address(
    _ backend: JSONValue, _ ingress: DynamicObject, _ services: [ObjectKey: DynamicObject]
  ) -> String? {
    guard let name = backend[path: "service", "name"]?.string,
      let service = services[ObjectKey(namespace: ingress.namespace, name: name)],
      let address = service.spec["clusterIP"]?.string, address != "None", !address.isEmpty
    else { return nil }
    let ports = service.spec["ports"]?.array ?? []
    if let number = backend[path: "service", "port", "number"]?.int {
      return ports.contains { $0["port"]?.int == number } ? "\(address):\(number)" : nil
    }
    let portName = backend[path: "service", "port", "name"]?.string
    return ports.first { $0["name"]?.string == portName }?["port"]?.int.map { "\(address):\($0)" }
  }
}
