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
  }

  var hosts: [Host]

  init(ingresses: [DynamicObject], services: [DynamicObject], className: String) {
    let byKey = Dictionary(services.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
    var hosts: [String: Host] = [:]
    for ingress in ingresses.sorted(by: { ($0.creationTimestamp ?? "", $0.key) < ($1.creationTimestamp ?? "", $1.key) }) {
      let wanted = ingress.spec["ingressClassName"]?.string ?? ingress.annotations["kubernetes.io/ingress.class"]
      guard wanted == nil || wanted == className else { continue }
      if let backend = ingress.spec["defaultBackend"] {
        let route = Route(path: "/", isExact: false, backend: Self.address(backend, ingress, byKey))
        hosts["", default: Host(name: nil, tlsSecret: nil, routes: [])].routes.append(route)
      }
      for rule in ingress.spec["rules"]?.array ?? [] {
        let name = rule["host"]?.string ?? ""
        var host = hosts[name] ?? Host(name: name.isEmpty ? nil : name, tlsSecret: nil, routes: [])
        for path in rule[path: "http", "paths"]?.array ?? [] {
          let route = Route(
            path: path["path"]?.string ?? "/", isExact: path["pathType"]?.string == "Exact",
            backend: Self.address(path["backend"] ?? .null, ingress, byKey))
          // The oldest Ingress keeps a path that two ask for.
          if !host.routes.contains(where: { $0.path == route.path && $0.isExact == route.isExact }) {
            host.routes.append(route)
          }
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
    self.hosts = hosts.sorted { $0.key < $1.key }.map(\.value)
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
