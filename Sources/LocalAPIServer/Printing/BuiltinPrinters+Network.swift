import FoundationEssentials
import JSON

extension BuiltinPrinters {
  static let services = RowPrinter([
    TableColumn("Name"), TableColumn("Type"), TableColumn("Cluster-IP"), TableColumn("External-IP"),
    TableColumn("Port(s)"), TableColumn("Age"), TableColumn("Selector", wide: true),
  ]) { object, now in
    let spec = object["spec"]
    let ports = (spec?["ports"]?.array ?? []).map { port in
      let node = port["nodePort"]?.integer.map { ":\($0)" } ?? ""
      return "\(port["port"]?.integer ?? 0)\(node)/\(port["protocol"]?.string ?? "TCP")"
    }
    return [
      .string(object.name), text(spec?["type"]), text(spec?["clusterIP"]), .string(externalAddress(object)),
      .string(ports.isEmpty ? "<none>" : ports.joined(separator: ",")), age(object, now), labels(spec?["selector"]),
    ]
  }

  private static func externalAddress(_ service: JSONValue) -> String {
    let external = service[path: "spec", "externalIPs"]?.array?.compactMap(\.string) ?? []
    switch service[path: "spec", "type"]?.string {
    case "ExternalName": return service[path: "spec", "externalName"]?.string ?? ""
    case "LoadBalancer":
      let all = loadBalancer(service) + external
      return all.isEmpty ? "<pending>" : all.joined(separator: ",")
    default: return external.isEmpty ? "<none>" : external.joined(separator: ",")
    }
  }

  private static func loadBalancer(_ object: JSONValue) -> [String] {
    (object[path: "status", "loadBalancer", "ingress"]?.array ?? []).compactMap {
      $0["ip"]?.string ?? $0["hostname"]?.string
    }
  }

  static let ingresses = RowPrinter([
    TableColumn("Name"), TableColumn("Class"), TableColumn("Hosts"), TableColumn("Address"), TableColumn("Ports"),
    TableColumn("Age"),
  ]) { object, now in
    let hosts = (object[path: "spec", "rules"]?.array ?? []).map { $0["host"]?.string ?? "" }.filter { !$0.isEmpty }
    let shown = hosts.count > 3 ? hosts.prefix(3).joined(separator: ",") + " + \(hosts.count - 3) more..."
      : hosts.joined(separator: ",")
    return [
      .string(object.name), text(object[path: "spec", "ingressClassName"]), .string(hosts.isEmpty ? "*" : shown),
      .string(loadBalancer(object).joined(separator: ",")),
      .string(object[path: "spec", "tls"]?.array?.isEmpty == false ? "80, 443" : "80"), age(object, now),
    ]
  }

  static let ingressClasses = RowPrinter([
    TableColumn("Name"), TableColumn("Controller"), TableColumn("Parameters"), TableColumn("Age"),
  ]) { object, now in
    let parameters = object[path: "spec", "parameters"].map {
      "\($0["kind"]?.string ?? "")\($0["apiGroup"]?.string.map { ".\($0)" } ?? "")/\($0["name"]?.string ?? "")"
    }
    return [
      .string(object.name), text(object[path: "spec", "controller"]), .string(parameters ?? "<none>"),
      age(object, now),
    ]
  }

  static let networkPolicies = RowPrinter([
    TableColumn("Name"), TableColumn("Pod-Selector"), TableColumn("Age"),
  ]) { object, now in
    [.string(object.name), selector(object[path: "spec", "podSelector"]), age(object, now)]
  }

  static let endpoints = RowPrinter([TableColumn("Name"), TableColumn("Endpoints"), TableColumn("Age")]) {
    object, now in
    var all: [String] = []
    for subset in object["subsets"]?.array ?? [] {
      for port in subset["ports"]?.array ?? [] {
        for address in subset["addresses"]?.array ?? [] {
          all.append("\(address["ip"]?.string ?? ""):\(port["port"]?.integer ?? 0)")
        }
      }
    }
    let shown = all.prefix(3).joined(separator: ",") + (all.count > 3 ? " + \(all.count - 3) more..." : "")
    return [.string(object.name), .string(all.isEmpty ? "<none>" : shown), age(object, now)]
  }

  static let endpointSlices = RowPrinter([
    TableColumn("Name"), TableColumn("AddressType"), TableColumn("Ports"), TableColumn("Endpoints"),
    TableColumn("Age"),
  ]) { object, now in
    func shown(_ all: [String], absent: String) -> JSONValue {
      if all.isEmpty { return .string(absent) }
      return .string(all.prefix(3).joined(separator: ",") + (all.count > 3 ? " + \(all.count - 3) more..." : ""))
    }
    let ports = (object["ports"]?.array ?? []).map { $0["port"]?.integer.map(String.init) ?? "*" }
    let addresses = (object["endpoints"]?.array ?? []).flatMap { $0["addresses"]?.array?.compactMap(\.string) ?? [] }
    return [
      .string(object.name), text(object["addressType"]), shown(ports, absent: "<unset>"),
      shown(addresses, absent: "<unset>"), age(object, now),
    ]
  }
}
