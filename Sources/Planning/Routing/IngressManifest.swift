import CRDTypes
import JSON

/// The Ingress of a route, and the address that it gives.
enum IngressManifest {
  /// - Parameters:
  ///   - ingress: what the user wrote.
  ///   - service: the Service that takes the requests, on the port named `http`.
  static func make(
    _ ingress: Routing.Ingress, key: ObjectKey, service: String, labels: [String: String], owner: OwnerReference
  ) -> DynamicObject {
    var out = DynamicObject(.ingress, key)
    out.labels = labels
    out.annotations = ingress.annotations ?? [:]
    out.ownerReferences = [owner]
    let rule: JSONValue = .compact([
      "host": ingress.host.map(JSONValue.string),
      "http": [
        "paths": [
          [
            "path": .string(ingress.path ?? "/"), "pathType": .string((ingress.pathType ?? .prefix).rawValue),
            "backend": ["service": ["name": .string(service), "port": ["name": "http"]]],
          ]
        ]
      ],
    ])
    var tls: JSONValue?
    if let secret = ingress.tlsSecret {
      tls = [.compact(["hosts": ingress.host.map { [.string($0)] }, "secretName": .string(secret)])]
    }
    out.spec = .compact([
      "ingressClassName": ingress.class.map(JSONValue.string), "rules": [rule], "tls": tls,
    ])
    return Owned.stamped(out)
  }

  /// Where requests go: the host that was asked for, else the address that the Ingress was given, else nil.
  static func url(_ ingress: Routing.Ingress, observed: DynamicObject?) -> String? {
    let address = observed?.status[path: "loadBalancer", "ingress"]?[0]
    guard let host = ingress.host ?? address?["hostname"]?.string ?? address?["ip"]?.string else { return nil }
    return "\(ingress.tlsSecret == nil ? "http" : "https")://\(host)\(ingress.path ?? "/")"
  }

  /// A route that must not be made in another way than was asked for: it would let in requests that are to be kept
  /// out. Nil where it can be made.
  static func impossible(_ ingress: Routing.Ingress?, route: Routing.Provider) -> String? {
    if route == .gateway {
      return "spec.route: this version routes with Ingress only; set spec.route to Ingress and remove "
        + "spec.ingress.gateway"
    }
    if ingress?.apiKey != nil {
      return "spec.ingress.apiKey: this version would let requests without a key in; remove the field, and check "
        + "keys at the ingress controller (spec.ingress.annotations)"
    }
    return nil
  }

  /// The fields of a route that have no effect on an Ingress.
  static func unsupported(_ ingress: Routing.Ingress?) -> [String] {
    var fields: [String] = []
    if ingress?.maxBodySize != nil { fields.append("spec.ingress.maxBodySize") }
    if ingress?.timeout != nil { fields.append("spec.ingress.timeout") }
    return fields
  }
}
