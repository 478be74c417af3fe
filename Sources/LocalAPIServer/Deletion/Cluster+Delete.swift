import CRDTypes
import FoundationEssentials
import JSON

extension Cluster {
  mutating func delete(_ call: ResourceCall) throws -> APIReply {
    let options = try DeleteOptions(call.request)
    let existing = try read(call)
    try checkPreconditions(existing, options, call.resource)
    var warnings: [String] = []
    if call.resource.groupResource == GroupResource(group: "batch", resource: "jobs"), options.propagation == nil {
      warnings.append(
        "child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them "
          + "or set propagationPolicy=Orphan to suppress this warning")
    }
    guard let left = deleteObject(existing, call.resource, options, now: call.now) else {
      let details = JSONValue.compact([
        "name": .string(existing.name),
        "group": call.resource.groupVersion.group.isEmpty ? nil : .string(call.resource.groupVersion.group),
        "kind": .string(call.resource.plural), "uid": .string(existing.uid),
      ])
      return .json(
        code: 200,
        ["kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Success", "details": details],
        warnings: warnings)
    }
    return call.reply(left, warnings: warnings)
  }

  mutating func deleteCollection(_ call: ResourceCall) throws -> APIReply {
    let options = try DeleteOptions(call.request)
    let filter = try ObjectFilter(call.request.query, call)
    let objects = store.objects(call.resource.storage, namespace: call.target.namespace)
      .map(call.resource.served).filter(filter.matches)
    for object in objects { _ = deleteObject(object, call.resource, options, now: call.now) }
    let metadata: JSONValue = ["resourceVersion": .string(String(store.revision))]
    return .json(
      code: 200,
      [
        "kind": .string(call.resource.listKind), "apiVersion": .string(call.resource.groupVersion.description),
        "metadata": metadata, "items": .array(objects),
      ])
  }

  private func checkPreconditions(_ object: JSONValue, _ options: DeleteOptions, _ resource: Resource) throws {
    if let uid = options.uid, uid != object.uid {
      throw StatusError.conflict(
        resource.groupResource, object.name,
        "Precondition failed: UID in precondition: \(uid), UID in object meta: \(object.uid)")
    }
    if let version = options.resourceVersion, version != object.resourceVersion {
      throw StatusError.conflict(
        resource.groupResource, object.name,
        "Precondition failed: ResourceVersion in precondition: \(version), ResourceVersion in object meta: "
          + object.resourceVersion)
    }
  }

  /// Deletes an object: at once, or by marking it where finalizers or a grace period hold it. Gives what is left.
  mutating func deleteObject(
    _ existing: JSONValue, _ resource: Resource, _ options: DeleteOptions, now: Date
  ) -> JSONValue? {
    var object = existing
    var finalizers = existing.finalizers
    let propagation = options.propagation ?? (Self.orphansByDefault(resource) ? .orphan : nil)
    if let propagation {
      finalizers.removeAll { $0 == "orphan" || $0 == "foregroundDeletion" }
      switch propagation {
      case .orphan: finalizers.append("orphan")
      case .foreground: finalizers.append("foregroundDeletion")
      case .background: break
      }
    }
    if resource.storage == .customResourceDefinitions, !finalizers.contains(Self.crdFinalizer) {
      finalizers.append(Self.crdFinalizer)
    }
    object[meta: "finalizers"] = finalizers.isEmpty ? nil : JSONValue(finalizers)
    let holds = !finalizers.isEmpty || object[path: "spec", "finalizers"]?.array?.isEmpty == false
    let grace = gracePeriod(existing, resource, options)
    let key = ObjectKey(namespace: existing.namespace, name: existing.name)
    if !holds, grace == 0 {
      if !options.dryRun { remove(resource.storage, key) }
      return nil
    }
    if existing.isTerminating {
      let before = existing[meta: "deletionGracePeriodSeconds"]?.integer ?? 0
      if grace >= before, object == existing { return existing }
      if grace < before { mark(&object, grace: grace, now: now) }
    } else {
      mark(&object, grace: grace, now: now)
      if let generation = object[meta: "generation"]?.integer, generation > 0 {
        object[meta: "generation"] = .integer(generation + 1)
      }
      if resource.storage == .namespaces { object[path: "status", "phase"] = "Terminating" }
    }
    if options.dryRun { return object }
    return resource.served(put(resource.storage, resource.stored(object)))
  }

  private func mark(_ object: inout JSONValue, grace: Int64, now: Date) {
    object[meta: "deletionTimestamp"] = .string(Timestamp.text(now.addingTimeInterval(Double(grace))))
    object[meta: "deletionGracePeriodSeconds"] = .integer(grace)
  }

  /// Deleting a batch/v1 Job leaves its pods unless the client says otherwise (`pkg/registry/batch/job/strategy.go`).
  private static func orphansByDefault(_ resource: Resource) -> Bool {
    resource.groupResource == GroupResource(group: "batch", resource: "jobs")
  }

  /// How long a node may take to end a pod; nothing else is deleted gracefully.
  private func gracePeriod(_ object: JSONValue, _ resource: Resource, _ options: DeleteOptions) -> Int64 {
    guard resource.storage == .pods else { return 0 }
    let scheduled = object[path: "spec", "nodeName"]?.string?.isEmpty == false
    let phase = object[path: "status", "phase"]?.string
    if !scheduled || phase == "Succeeded" || phase == "Failed" { return 0 }
    let wanted = options.gracePeriodSeconds ?? object[path: "spec", "terminationGracePeriodSeconds"]?.integer ?? 30
    // A deletion that is under way can be shortened, not prolonged.
    guard object.isTerminating else { return max(wanted, 0) }
    return min(max(wanted, 0), object[meta: "deletionGracePeriodSeconds"]?.integer ?? wanted)
  }

  static let crdFinalizer = "customresourcecleanup.apiextensions.k8s.io"
}
