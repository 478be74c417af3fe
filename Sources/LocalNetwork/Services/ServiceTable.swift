import CRDTypes
import JSON

/// What the service proxy forwards: for each port of each Service with a cluster address, the pods that take traffic.
/// Pure.
///
/// Pods are looked at themselves and not EndpointSlices, since a real API server refuses loopback addresses there.
struct ServiceTable: Sendable, Hashable {
  struct Frontend: Sendable, Hashable {
    /// Unique in the cluster: a name for the proxy's configuration.
    var name: String
    var address: String
    var port: Int
    /// `address:port`, sorted.
    var endpoints: [String]
  }

  var frontends: [Frontend]

  /// - Parameter excluded: cluster addresses that something else serves, such as the API server's own.
  init(services: [DynamicObject], pods: [DynamicObject], excluded: Set<ObjectKey> = [Self.apiServer]) {
    var byNamespace: [String?: [DynamicObject]] = [:]
    for pod in pods where !Self.isOver(pod) { byNamespace[pod.namespace, default: []].append(pod) }
    frontends = services.sorted { $0.key < $1.key }.flatMap { service -> [Frontend] in
      guard let address = service.spec["clusterIP"]?.string, address != "None", address.contains("."),
        !excluded.contains(service.key), let selector = service.spec["selector"]?.stringMap, !selector.isEmpty
      else { return [] }
      let takesAny = service.spec["publishNotReadyAddresses"]?.bool == true
      let picked = (byNamespace[service.namespace] ?? []).filter { pod in
        guard takesAny || Self.takesTraffic(pod) else { return false }
        let labels = pod.labels
        return selector.allSatisfy { labels[$0.key] == $0.value }
      }
      return (service.spec["ports"]?.array ?? []).compactMap { port in
        guard let number = port["port"]?.int, port["protocol"]?.string ?? "TCP" == "TCP" else { return nil }
        return Frontend(
          name: "\(service.namespace ?? "")/\(service.name):\(number)", address: address, port: number,
          endpoints: picked.compactMap { Self.endpoint($0, port) }.sorted())
      }
    }
  }

  static let apiServer = ObjectKey(namespace: "default", name: "kubernetes")

  private static func isOver(_ pod: DynamicObject) -> Bool {
    ["Succeeded", "Failed"].contains(pod.status["phase"]?.string)
  }

  private static func takesTraffic(_ pod: DynamicObject) -> Bool {
    let ready = pod.status["conditions"]?.array?.first { $0["type"]?.string == "Ready" }
    return !pod.isDeleting && ready?["status"]?.string == "True"
  }

  private static func endpoint(_ pod: DynamicObject, _ port: JSONValue) -> String? {
    guard let address = pod.status["podIP"]?.string, !address.isEmpty else { return nil }
    var number = port["targetPort"]?.int ?? port["port"]?.int
    if let name = port["targetPort"]?.string {
      let sidecars = (pod.spec["initContainers"]?.array ?? []).filter { $0["restartPolicy"]?.string == "Always" }
      let ports = ((pod.spec["containers"]?.array ?? []) + sidecars).flatMap { $0["ports"]?.array ?? [] }
      number = Int(name) ?? ports.first { $0["name"]?.string == name }?["containerPort"]?.int
    }
    return number.map { "\(address):\($0)" }
  }

  /// Whether two tables differ in more than their endpoints: then the proxy needs a new configuration.
  func hasSameFrontends(as other: ServiceTable) -> Bool {
    func shape(_ table: ServiceTable) -> [Frontend] {
      table.frontends.map { Frontend(name: $0.name, address: $0.address, port: $0.port, endpoints: []) }
    }
    return shape(self) == shape(other)
  }

  /// The addresses that are not on loopback by themselves.
  var foreignAddresses: Set<String> { Set(frontends.map(\.address).filter { !$0.hasPrefix("127.") }) }
}
