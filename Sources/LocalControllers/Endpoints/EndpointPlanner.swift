import CRDTypes
import JSON

/// The endpoints of a Service: the addresses of the pods that its selector picks. Pure.
enum EndpointPlanner {
  /// The EndpointSlice of a Service; nil where the Service picks no pods itself.
  static func slice(for service: DynamicObject, pods: [DynamicObject]) -> DynamicObject? {
    guard let selector = service.spec["selector"]?.stringMap, !selector.isEmpty else { return nil }
    let picked = pods.filter { pod in
      let labels = pod.labels
      let address = pod.status["podIP"]?.string ?? ""
      return !pod.isPodOver && !address.isEmpty && selector.allSatisfy { labels[$0.key] == $0.value }
    }
    var slice = DynamicObject(
      .endpointSlice, ObjectKey(namespace: service.namespace, name: "\(service.name)-local"))
    slice.labels = [
      "kubernetes.io/service-name": service.name,
      "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io",
    ]
    slice.ownerReferences = [
      OwnerReference(
        apiVersion: "v1", kind: "Service", name: service.name, uid: service.uid, controller: true,
        blockOwnerDeletion: true)
    ]
    slice.json["addressType"] = "IPv4"
    slice.json["ports"] = .array((service.spec["ports"]?.array ?? []).map { port($0, picked) })
    slice.json["endpoints"] = .array(
      picked.sorted { $0.name < $1.name }.map { endpoint($0, publishNotReady: service.spec["publishNotReadyAddresses"]?.bool == true) })
    return slice
  }

  private static func endpoint(_ pod: DynamicObject, publishNotReady: Bool) -> JSONValue {
    let serving = pod.isPodReady
    return .compact([
      "addresses": [.string(pod.status["podIP"]?.string ?? "")],
      "conditions": [
        "ready": .bool((serving && !pod.isDeleting) || publishNotReady), "serving": .bool(serving),
        "terminating": .bool(pod.isDeleting),
      ],
      "nodeName": pod.spec["nodeName"],
      "targetRef": [
        "kind": "Pod", "name": .string(pod.name), "namespace": .string(pod.namespace ?? ""), "uid": .string(pod.uid),
      ],
    ])
  }

  private static func port(_ port: JSONValue, _ pods: [DynamicObject]) -> JSONValue {
    var number = port["targetPort"]?.int ?? port["port"]?.int
    if let name = port["targetPort"]?.string {
      number = Int(name) ?? pods.lazy.compactMap { named(name, in: $0) }.first
    }
    return .compact([
      "name": .string(port["name"]?.string ?? ""), "port": number.map { JSONValue($0) },
      "protocol": .string(port["protocol"]?.string ?? "TCP"), "appProtocol": port["appProtocol"],
    ])
  }

  private static func named(_ name: String, in pod: DynamicObject) -> Int? {
    let sidecars = (pod.spec["initContainers"]?.array ?? []).filter { $0["restartPolicy"]?.string == "Always" }
    for container in (pod.spec["containers"]?.array ?? []) + sidecars {
      for port in container["ports"]?.array ?? [] where port["name"]?.string == name {
        return port["containerPort"]?.int
      }
    }
    return nil
  }
}
