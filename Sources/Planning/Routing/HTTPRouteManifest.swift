import CRDTypes
import JSON

/// An HTTPRoute (gateway.networking.k8s.io/v1) that splits requests between Services by weight.
struct HTTPRouteManifest: Sendable {
  let key: ObjectKey
  let ingress: Routing.Ingress
  let gateway: Routing.GatewayReference
  /// By the names of Services, which take requests on port 80.
  let split: TrafficSplit
  let labels: [String: String]
  let owner: OwnerReference

  var object: DynamicObject {
    var out = DynamicObject(.httpRoute, key)
    out.labels = labels
    out.annotations = ingress.annotations ?? [:]
    out.ownerReferences = [owner]
    let type = ingress.pathType == .exact ? "Exact" : "PathPrefix"
    let rule: JSONValue = .compact([
      "matches": [["path": ["type": .string(type), "value": .string(ingress.routedPath)]]],
      "backendRefs": .array(
        split.weights.sorted { $0.key < $1.key }.map {
          ["name": .string($0.key), "port": 80, "weight": .integer(Int64($0.value))]
        }),
      "filters": split.mirror.map { [Self.filter($0)] },
      "timeouts": ingress.timeout.map { ["request": .string(Self.gatewayDuration($0))] },
    ])
    out.spec = .compact([
      "parentRefs": [
        .compact([
          "name": .string(gateway.name), "namespace": gateway.namespace.map(JSONValue.string),
          "sectionName": gateway.sectionName.map(JSONValue.string),
        ])
      ],
      "hostnames": ingress.host.map { [.string($0)] }, "rules": [rule],
    ])
    return Owned.stamped(out)
  }

  /// A share of the requests is copied since Gateway API 1.3 (GEP-3171); before that the Gateway refuses the field.
  private static func filter(_ mirror: TrafficSplit.Mirror) -> JSONValue {
    var request: JSONValue = ["backendRef": ["name": .string(mirror.revision), "port": 80]]
    if mirror.share < 100 { request["percent"] = .integer(Int64(mirror.share)) }
    return ["type": "RequestMirror", "requestMirror": request]
  }

  /// GEP-2257 knows no days.
  private static func gatewayDuration(_ text: String) -> String {
    guard let duration = DurationText.duration(text), duration >= .seconds(86_400) else { return text }
    return "\(min(duration.components.seconds / 3600, 99_999))h"
  }

  /// Whether a route splits requests so, and its Gateways have taken it as it is.
  static func carries(_ split: TrafficSplit, _ route: DynamicObject?) -> Bool {
    guard let route, trouble(of: route) == nil, isSeen(route) else { return false }
    let rule = route.spec["rules"]?[0]
    var present: [String: Int] = [:]
    for backend in rule?["backendRefs"]?.array ?? [] {
      present[backend["name"]?.string ?? ""] = backend["weight"]?.int ?? 1
    }
    let copy = rule?["filters"]?.array?.first { $0["type"] == "RequestMirror" }?["requestMirror"]
    let mirror = copy?[path: "backendRef", "name"]?.string.map {
      TrafficSplit.Mirror(revision: $0, share: copy?["percent"]?.int ?? 100)
    }
    return TrafficSplit(present, mirror: mirror) == split
  }

  private static func parents(_ route: DynamicObject) -> [JSONValue] { route.status["parents"]?.array ?? [] }

  /// Whether a Gateway has told of the route as it is now.
  private static func isSeen(_ route: DynamicObject) -> Bool {
    let parents = parents(route)
    return !parents.isEmpty
      && parents.allSatisfy { parent in
        let conditions = parent["conditions"]?.array ?? []
        return ["Accepted", "ResolvedRefs"].allSatisfy { type in
          conditions.contains {
            $0["type"]?.string == type && $0["status"]?.string == "True"
              && ($0["observedGeneration"]?.integer ?? route.generation) >= route.generation
          }
        }
      }
  }

  /// What a Gateway does not like of a route; nil where it likes all, or has said nothing yet.
  static func trouble(of route: DynamicObject?) -> String? {
    guard let route else { return nil }
    for parent in parents(route) {
      for condition in parent["conditions"]?.array ?? [] {
        let type = condition["type"]?.string ?? ""
        guard ["Accepted", "ResolvedRefs"].contains(type), condition["status"]?.string == "False",
          (condition["observedGeneration"]?.integer ?? route.generation) >= route.generation
        else { continue }
        let gateway = parent[path: "parentRef", "name"]?.string ?? ""
        return "Gateway \(gateway) says \(condition["reason"]?.string ?? type): \(condition["message"]?.string ?? "")"
      }
    }
    return nil
  }
}
