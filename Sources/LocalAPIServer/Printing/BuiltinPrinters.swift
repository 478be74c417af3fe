import FoundationEssentials
import JSON

/// The columns of built-in kinds (`pkg/printers/internalversion/printers.go` upstream).
enum BuiltinPrinters {
  static let all: [GroupResource: RowPrinter] = {
    let core = [
      "pods": pods, "services": services, "configmaps": configMaps, "secrets": secrets, "namespaces": namespaces,
      "nodes": nodes, "serviceaccounts": serviceAccounts, "events": events, "endpoints": endpoints,
      "persistentvolumeclaims": claims, "resourcequotas": ageOnly,
    ]
    var out: [GroupResource: RowPrinter] = [:]
    for (name, printer) in core { out[GroupResource(group: "", resource: name)] = printer }
    let grouped: [(String, String, RowPrinter)] = [
      ("apps", "deployments", deployments), ("apps", "replicasets", replicaSets),
      ("apps", "statefulsets", statefulSets), ("apps", "daemonsets", daemonSets), ("batch", "jobs", jobs),
      ("batch", "cronjobs", cronJobs), ("networking.k8s.io", "ingresses", ingresses),
      ("networking.k8s.io", "ingressclasses", ingressClasses),
      ("networking.k8s.io", "networkpolicies", networkPolicies), ("coordination.k8s.io", "leases", leases),
      ("discovery.k8s.io", "endpointslices", endpointSlices), ("events.k8s.io", "events", eventsGroupEvents),
      ("policy", "poddisruptionbudgets", disruptionBudgets),
      ("autoscaling", "horizontalpodautoscalers", autoscalers),
      ("rbac.authorization.k8s.io", "rolebindings", bindings),
      ("rbac.authorization.k8s.io", "clusterrolebindings", bindings),
      ("scheduling.k8s.io", "priorityclasses", priorityClasses),
    ]
    for (group, name, printer) in grouped { out[GroupResource(group: group, resource: name)] = printer }
    return out
  }()

  static func age(_ object: JSONValue, _ now: Date) -> JSONValue {
    .string(HumanDuration.since(object[meta: "creationTimestamp"]?.string, now: now))
  }

  static func count(_ value: JSONValue?) -> JSONValue { .integer(value?.integer ?? 0) }

  static func text(_ value: JSONValue?, else absent: String = "<none>") -> JSONValue {
    if let text = value?.string { return .string(text.isEmpty ? absent : text) }
    if let number = value?.integer { return .string(String(number)) }
    return .string(absent)
  }

  /// `a=b,c=d` in the order of names.
  static func labels(_ value: JSONValue?) -> JSONValue {
    let map = value?.stringMap ?? [:]
    if map.isEmpty { return "<none>" }
    return .string(map.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ","))
  }

  static func selector(_ value: JSONValue?) -> JSONValue {
    let text = LabelSelector(object: value).text
    return .string(text.isEmpty ? "<none>" : text)
  }

  static func containers(_ spec: JSONValue?) -> [JSONValue] {
    let containers = spec?["containers"]?.array ?? []
    func joined(_ member: String) -> JSONValue {
      .string(containers.map { $0[member]?.string ?? "" }.joined(separator: ","))
    }
    return [joined("name"), joined("image")]
  }

  // MARK: Configuration and identity

  static let ageOnly = RowPrinter([TableColumn("Name"), TableColumn("Age")]) { [.string($0.name), age($0, $1)] }

  static let configMaps = RowPrinter([TableColumn("Name"), TableColumn("Data"), TableColumn("Age")]) { object, now in
    let entries = (object["data"]?.object?.count ?? 0) + (object["binaryData"]?.object?.count ?? 0)
    return [.string(object.name), JSONValue(entries), age(object, now)]
  }

  static let secrets = RowPrinter([
    TableColumn("Name"), TableColumn("Type"), TableColumn("Data"), TableColumn("Age"),
  ]) { object, now in
    [.string(object.name), text(object["type"]), JSONValue(object["data"]?.object?.count ?? 0), age(object, now)]
  }

  static let namespaces = RowPrinter([TableColumn("Name"), TableColumn("Status"), TableColumn("Age")]) { object, now in
    [.string(object.name), text(object[path: "status", "phase"]), age(object, now)]
  }

  static let serviceAccounts = RowPrinter([
    TableColumn("Name"), TableColumn("Secrets"), TableColumn("Age"),
  ]) { object, now in
    [.string(object.name), JSONValue(object["secrets"]?.array?.count ?? 0), age(object, now)]
  }

  static let leases = RowPrinter([TableColumn("Name"), TableColumn("Holder"), TableColumn("Age")]) { object, now in
    [.string(object.name), text(object[path: "spec", "holderIdentity"], else: ""), age(object, now)]
  }

  static let bindings = RowPrinter([
    TableColumn("Name"), TableColumn("Role"), TableColumn("Age"), TableColumn("Users", wide: true),
    TableColumn("Groups", wide: true), TableColumn("ServiceAccounts", wide: true),
  ]) { object, now in
    func subjects(_ kind: String) -> JSONValue {
      .string(
        (object["subjects"]?.array ?? []).filter { $0["kind"]?.string == kind }.map { subject in
          let name = subject["name"]?.string ?? ""
          return kind == "ServiceAccount" ? "\(subject["namespace"]?.string ?? "")/\(name)" : name
        }.joined(separator: ", "))
    }
    let role = object["roleRef"]
    return [
      .string(object.name), .string("\(role?["kind"]?.string ?? "")/\(role?["name"]?.string ?? "")"),
      age(object, now), subjects("User"), subjects("Group"), subjects("ServiceAccount"),
    ]
  }

  static let priorityClasses = RowPrinter([
    TableColumn("Name"), TableColumn("Value"), TableColumn("Global-Default"), TableColumn("Age"),
    TableColumn("PreemptionPolicy"),
  ]) { object, now in
    [
      .string(object.name), count(object["value"]), .bool(object["globalDefault"]?.bool ?? false), age(object, now),
      text(object["preemptionPolicy"]),
    ]
  }

  static let claims = RowPrinter([
    TableColumn("Name"), TableColumn("Status"), TableColumn("Volume"), TableColumn("Capacity"),
    TableColumn("Access Modes"), TableColumn("StorageClass"), TableColumn("VolumeAttributesClass"),
    TableColumn("Age"), TableColumn("VolumeMode", wide: true),
  ]) { object, now in
    [
      .string(object.name), text(object[path: "status", "phase"]), text(object[path: "spec", "volumeName"], else: ""),
      text(object[path: "status", "capacity", "storage"], else: ""), "",
      text(object[path: "spec", "storageClassName"], else: ""), "<unset>", age(object, now),
      text(object[path: "spec", "volumeMode"]),
    ]
  }
}
