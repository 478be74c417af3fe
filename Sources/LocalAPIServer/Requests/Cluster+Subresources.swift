import CRDTypes
import FoundationEssentials
import JSON

extension Cluster {
  /// The scale subresource: `autoscaling/v1` Scale as a view of the object.
  mutating func scale(_ call: ResourceCall) throws -> APIReply {
    guard let paths = call.resource.scale else { throw StatusError.noSuchPath }
    let existing = try read(call)
    guard existing[path: paths.specReplicas]?.integer != nil else {
      let path = "." + paths.specReplicas.joined(separator: ".")
      throw StatusError(
        code: 500, reason: "InternalError",
        message: "Internal error occurred: the spec replicas field \"\(path)\" does not exist")
    }
    let current = Self.scaleDocument(existing, paths)
    switch call.request.method {
    case "GET", "HEAD": return .json(code: 200, current)
    case "PUT", "PATCH": break
    default: throw StatusError.methodNotAllowed()
    }
    let options = try WriteOptions(call.request)
    let body = try RequestBody.json(call.request)
    let wanted: JSONValue
    if call.request.method == "PUT" {
      wanted = body
    } else if call.request.contentType.hasPrefix("application/json-patch+json") {
      wanted = try JSONPatch(body).applied(to: current)
    } else {
      wanted = current.merging(patch: body)
    }
    let version = wanted.resourceVersion
    if !version.isEmpty, version != existing.resourceVersion {
      throw StatusError.modified(call.resource.groupResource, existing.name)
    }
    let replicas = wanted[path: "spec", "replicas"]?.integer ?? 0
    guard replicas >= 0 else {
      throw StatusError(
        code: 422, reason: "Invalid",
        message: "Scale.autoscaling \"\(call.name)\" is invalid: spec.replicas: Invalid value: \(replicas): must be "
          + "greater than or equal to 0")
    }
    var object = existing
    object[path: paths.specReplicas] = .integer(replicas)
    var options2 = options
    options2.fieldValidation = .ignore
    let stored = try update(existing, to: object, call, options2, managed: false)
    return .json(code: 200, Self.scaleDocument(stored, paths))
  }

  private static func scaleDocument(_ object: JSONValue, _ paths: ScalePaths) -> JSONValue {
    let selector: String
    if let path = paths.selector {
      selector = path.isEmpty ? "" : object[path: path]?.string ?? ""
    } else {
      selector = LabelSelector(object: object[path: "spec", "selector"]).text
    }
    return .compact([
      "kind": "Scale", "apiVersion": "autoscaling/v1",
      "metadata": .compact([
        "name": .string(object.name), "namespace": object.namespace.map(JSONValue.string), "uid": .string(object.uid),
        "resourceVersion": .string(object.resourceVersion),
        "creationTimestamp": object[meta: "creationTimestamp"],
      ]),
      "spec": (object[path: paths.specReplicas]?.integer).map { $0 == 0 ? [:] : ["replicas": .integer($0)] } ?? [:],
      "status": .compact([
        "replicas": .integer(object[path: paths.statusReplicas]?.integer ?? 0),
        "selector": selector.isEmpty ? nil : .string(selector),
      ]),
    ])
  }

  /// Assigns a pod to a node, as schedulers do.
  mutating func bind(_ call: ResourceCall) throws -> APIReply {
    let existing = try read(call)
    let body = try RequestBody.json(call.request)
    guard let node = body[path: "target", "name"]?.string, !node.isEmpty else {
      throw StatusError.badRequest("a Binding needs target.name, the node")
    }
    if existing.isTerminating {
      throw StatusError.conflict(
        .pods, existing.name, "pod \(existing.name) is being deleted, cannot be assigned to a host")
    }
    if let bound = existing[path: "spec", "nodeName"]?.string, !bound.isEmpty {
      throw StatusError.conflict(
        .pods, existing.name, "pod \(existing.name) is already assigned to node \"\(bound)\"")
    }
    var object = existing
    object[path: "spec", "nodeName"] = .string(node)
    var conditions = (object[path: "status", "conditions"]?.array ?? []).filter { $0["type"] != "PodScheduled" }
    conditions.append(
      ["type": "PodScheduled", "status": "True", "lastTransitionTime": .string(Timestamp.text(call.now))])
    object[path: "status", "conditions"] = .array(conditions)
    put(.pods, object)
    return .json(
      code: 201, ["kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Success", "code": 201])
  }

  /// Deletes a pod unless a PodDisruptionBudget forbids it.
  mutating func evict(_ call: ResourceCall) throws -> APIReply {
    let existing = try read(call)
    let body = try RequestBody.json(call.request)
    let budgets = GroupResource(group: "policy", resource: "poddisruptionbudgets")
    let isReady = existing[path: "status", "conditions"]?.array?.contains {
      $0["type"] == "Ready" && $0["status"] == "True"
    }
    for budget in store.objects(budgets, namespace: call.target.namespace) {
      guard LabelSelector(object: budget[path: "spec", "selector"]).matches(existing.labels),
        existing[path: "status", "phase"] == "Running", existing[path: "metadata", "deletionTimestamp"] == nil
      else { continue }
      func count(_ field: String) -> Int { budget[path: "status", field]?.int ?? 0 }
      // One that does not answer anyhow is not counted, where enough others do (policy IfHealthyBudget), or whatever
      // others do (AlwaysAllow).
      let isSpare =
        budget[path: "spec", "unhealthyPodEvictionPolicy"] == "AlwaysAllow"
        || count("desiredHealthy") > 0 && count("currentHealthy") >= count("desiredHealthy")
      if isReady != true, isSpare { continue }
      guard count("disruptionsAllowed") > 0,
        budget[path: "status", "observedGeneration"]?.int ?? 0 >= budget[path: "metadata", "generation"]?.int ?? 0
      else {
        throw StatusError.tooManyRequests(
          "Cannot evict pod as it would violate the pod's disruption budget.",
          causes: [
            [
              "reason": "DisruptionBudget",
              "message": .string(
                "The disruption budget \(budget.name) needs \(count("desiredHealthy")) healthy pods and has "
                  + "\(count("currentHealthy")) currently"),
            ]
          ])
      }
      // Counted at once: the controller sees only later that the pod goes.
      var spent = budget
      spent[path: "status", "disruptionsAllowed"] = JSONValue(count("disruptionsAllowed") - 1)
      spent[path: "status", "disruptedPods", existing.name] = .string(Timestamp.text(call.now))
      put(budgets, spent)
    }
    var options = DeleteOptions.background
    options.gracePeriodSeconds = body[path: "deleteOptions", "gracePeriodSeconds"]?.integer
    // It says why the pod goes, which a Job's podFailurePolicy reads (KEP-3329).
    var marked = existing
    var conditions = (marked[path: "status", "conditions"]?.array ?? []).filter { $0["type"] != "DisruptionTarget" }
    conditions.append([
      "type": "DisruptionTarget", "status": "True", "reason": "EvictionByEvictionAPI",
      "message": "Eviction API: evicting", "lastTransitionTime": .string(Timestamp.text(call.now)),
    ])
    marked[path: "status", "conditions"] = .array(conditions)
    _ = deleteObject(put(.pods, marked), call.resource, options, now: call.now)
    return .json(
      code: 201, ["kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Success", "code": 201])
  }

  /// Issues a token of a ServiceAccount.
  func issueToken(_ call: ResourceCall) throws -> APIReply {
    let account = try read(call)
    var review = try RequestBody.json(call.request)
    let seconds = review[path: "spec", "expirationSeconds"]?.integer ?? 3600
    guard seconds >= 600 else {
      throw StatusError(
        code: 422, reason: "Invalid",
        message: "TokenRequest.authentication.k8s.io \"\" is invalid: spec.expirationSeconds: Invalid value: "
          + "\(seconds): may not specify a duration less than 10 minutes")
    }
    let audiences = review[path: "spec", "audiences"]?.array?.compactMap(\.string) ?? []
    let expires = call.now.addingTimeInterval(Double(seconds))
    let token = tokens.token(
      namespace: account.namespace ?? "", name: account.name, uid: account.uid,
      audiences: audiences.isEmpty ? [TokenIssuer.issuer] : audiences, issued: call.now, expires: expires)
    review["apiVersion"] = "authentication.k8s.io/v1"
    review["kind"] = "TokenRequest"
    review[path: "spec", "expirationSeconds"] = .integer(seconds)
    review[path: "spec", "audiences"] = JSONValue(audiences.isEmpty ? [TokenIssuer.issuer] : audiences)
    review["status"] = [
      "token": .string(token), "expirationTimestamp": .string(Timestamp.text(expires)),
    ]
    return .json(code: 201, review)
  }

  mutating func finalizeNamespace(_ call: ResourceCall) throws -> APIReply {
    let existing = try read(call)
    var object = existing
    object[path: "spec", "finalizers"] = try RequestBody.json(call.request)[path: "spec", "finalizers"]
    let left = object[path: "spec", "finalizers"]?.array ?? []
    if object.isTerminating, left.isEmpty, object.finalizers.isEmpty {
      return call.reply(remove(.namespaces, ObjectKey(namespace: nil, name: object.name)) ?? object)
    }
    return call.reply(put(.namespaces, object))
  }

  /// Which output of which container a client wants to read.
  func podLog(_ call: ResourceCall) throws -> PodLogRequest {
    let pod = try read(call)
    let query = call.request.query
    let containers = (pod[path: "spec", "containers"]?.array ?? []).compactMap { $0["name"]?.string }
    let starting = (pod[path: "spec", "initContainers"]?.array ?? []).compactMap { $0["name"]?.string }
    var container = query["container"] ?? ""
    if container.isEmpty {
      guard containers.count == 1, starting.isEmpty else {
        throw StatusError.badRequest(
          "a container name must be specified for pod \(pod.name), "
            + "choose one of: [\(containers.joined(separator: " "))]"
            + (starting.isEmpty ? "" : " or one of the init containers: [\(starting.joined(separator: " "))]"))
      }
      container = containers[0]
    }
    guard (containers + starting).contains(container) else {
      throw StatusError.badRequest("container \(container) is not valid for pod \(pod.name)")
    }
    guard let node = pod[path: "spec", "nodeName"]?.string, !node.isEmpty else {
      throw StatusError.badRequest("pod \(pod.name) does not have a host assigned")
    }
    let host = store.object(GroupResource(group: "", resource: "nodes"), ObjectKey(namespace: nil, name: node))
    return PodLogRequest(
      namespace: pod.namespace ?? "", pod: pod.name, uid: pod.uid, container: container, node: node,
      follow: query.flag("follow") ?? false, previous: query.flag("previous") ?? false,
      timestamps: query.flag("timestamps") ?? false, tailLines: query.integer("tailLines").map(Int.init),
      sinceSeconds: query.integer("sinceSeconds").map(Int.init), sinceTime: query["sinceTime"],
      limitBytes: query.integer("limitBytes").map(Int.init),
      kubeletPort: host?[path: "status", "daemonEndpoints", "kubeletEndpoint", "Port"]?.int,
      nodeAddress: host?[path: "status", "addresses"]?.array?.first { $0["type"] == "InternalIP" }?["address"]?.string)
  }
}
