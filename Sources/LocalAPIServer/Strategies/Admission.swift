import CRDTypes
import JSON

extension Cluster {
  /// What the server adds to new objects of some kinds, beyond defaults that need nothing but the object.
  mutating func admitNew(_ object: inout JSONValue, _ resource: Resource) throws {
    switch resource.groupResource {
    case .pods: try admitPod(&object)
    case .services: try admitService(&object)
    case .namespaces: object[path: "metadata", "labels", "kubernetes.io/metadata.name"] = .string(object.name)
    default: break
    }
  }

  /// What the server keeps in objects of some kinds when they are written.
  mutating func admitUpdate(
    _ object: inout JSONValue, _ existing: JSONValue, _ resource: Resource
  ) throws {
    switch resource.groupResource {
    case .services:
      // Addresses stay where the client leaves them out, as `kubectl replace` does.
      for member in ["clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy", "healthCheckNodePort"]
      where object[path: "spec", member] == nil {
        object[path: "spec", member] = existing[path: "spec", member]
      }
      try admitService(&object)
    case .namespaces:
      object[path: "spec", "finalizers"] = existing[path: "spec", "finalizers"]
      object[path: "metadata", "labels", "kubernetes.io/metadata.name"] = .string(object.name)
    default: break
    }
  }

  // MARK: Pods

  /// The admission plugins of a default API server that concern pods: ServiceAccount, Priority,
  /// DefaultTolerationSeconds.
  private func admitPod(_ pod: inout JSONValue) throws {
    let namespace = pod.namespace ?? ""
    let account = pod[path: "spec", "serviceAccountName"]?.string ?? ""
    let name = account.isEmpty ? "default" : account
    guard store.object(.serviceAccounts, ObjectKey(namespace: namespace, name: name)) != nil else {
      throw StatusError.forbidden(
        .pods, pod.name,
        "error looking up service account \(namespace)/\(name): serviceaccount \"\(name)\" not found")
    }
    pod[path: "spec", "serviceAccountName"] = .string(name)
    pod[path: "spec", "serviceAccount"] = .string(name)
    try admitPriority(&pod)
    var tolerations = pod[path: "spec", "tolerations"]?.array ?? []
    for key in ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"] {
      let has = tolerations.contains { $0["key"]?.string == key || ($0["key"] == nil && $0["operator"] == "Exists") }
      if !has {
        tolerations.append(
          ["key": .string(key), "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300])
      }
    }
    pod[path: "spec", "tolerations"] = .array(tolerations)
  }

  private func admitPriority(_ pod: inout JSONValue) throws {
    let classes = GroupResource(group: "scheduling.k8s.io", resource: "priorityclasses")
    let name = pod[path: "spec", "priorityClassName"]?.string ?? ""
    let found: JSONValue?
    if name.isEmpty {
      found = store.objects(classes).first { $0["globalDefault"]?.bool == true }
      if let found { pod[path: "spec", "priorityClassName"] = .string(found.name) }
    } else {
      found = store.object(classes, ObjectKey(namespace: nil, name: name))
      guard found != nil else {
        throw StatusError.forbidden(.pods, pod.name, "no PriorityClass with name \(name) was found")
      }
    }
    pod[path: "spec", "priority"] = found?["value"] ?? 0
    pod[path: "spec", "preemptionPolicy"] = found?["preemptionPolicy"] ?? "PreemptLowerPriority"
  }

  // MARK: Services

  /// Gives a Service its address of the cluster's range, and node ports where its type has them.
  private func admitService(_ service: inout JSONValue) throws {
    let type = service[path: "spec", "type"]?.string ?? "ClusterIP"
    guard type != "ExternalName" else { return }
    let address = service[path: "spec", "clusterIP"]?.string ?? ""
    let taken = Set(
      store.objects(.services).filter { $0.uid != service.uid }.compactMap { $0[path: "spec", "clusterIP"]?.string })
    if address.isEmpty {
      let free = identity.addresses.services.first { !taken.contains($0) }
      guard let free else { throw StatusError.plain("no free address is left for Services") }
      service[path: "spec", "clusterIP"] = .string(free)
    } else if address != "None", taken.contains(address) {
      throw StatusError(
        code: 422, reason: "Invalid",
        message: "Service \"\(service.name)\" is invalid: spec.clusterIPs: Invalid value: [\"\(address)\"]: failed to "
          + "allocate IP \(address): provided IP is already allocated")
    }
    service[path: "spec", "clusterIPs"] = [service[path: "spec", "clusterIP"] ?? "None"]
    if service[path: "spec", "ipFamilies"] == nil { service[path: "spec", "ipFamilies"] = ["IPv4"] }
    if service[path: "spec", "ipFamilyPolicy"] == nil { service[path: "spec", "ipFamilyPolicy"] = "SingleStack" }
    if service[path: "spec", "internalTrafficPolicy"] == nil {
      service[path: "spec", "internalTrafficPolicy"] = "Cluster"
    }
    guard type == "NodePort" || type == "LoadBalancer" else { return }
    if service[path: "spec", "externalTrafficPolicy"] == nil {
      service[path: "spec", "externalTrafficPolicy"] = "Cluster"
    }
    var used = Set(
      store.objects(.services).filter { $0.uid != service.uid }
        .flatMap { $0[path: "spec", "ports"]?.array ?? [] }.compactMap { $0["nodePort"]?.integer })
    service[path: "spec", "ports"] = .array(
      (service[path: "spec", "ports"]?.array ?? []).map { port in
        if let given = port["nodePort"]?.integer, given != 0 {
          used.insert(given)
          return port
        }
        var out = port
        if let free = (Int64(30000)...32767).first(where: { !used.contains($0) }) {
          used.insert(free)
          out["nodePort"] = .integer(free)
        }
        return out
      })
  }
}

/// The addresses of Services: 65,536 of 127.0.0.0/8, which are addresses of this machine, so that clients on it can use
/// them; without the first ones, which upstream keeps for addresses that are asked for, and the last ones.
struct AddressRange: Sendable {
  /// The first two numbers of the addresses, such as `127.96`.
  let network: String

  /// The address of the Service `kubernetes`.
  var apiServer: String { "\(network).0.1" }

  var services: some Sequence<String> {
    (1...254).lazy.flatMap { third in (1...254).lazy.map { "\(network).\(third).\($0)" } }
  }
}
