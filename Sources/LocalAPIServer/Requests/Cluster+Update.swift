import CRDTypes
import JSON
import KubernetesSchema

extension Cluster {
  /// Replaces an object with the body of a PUT.
  mutating func replace(_ call: ResourceCall) throws -> APIReply {
    let options = try WriteOptions(call.request)
    var warnings: [String] = []
    let object = try decode(try RequestBody.json(call.request), call, options, &warnings)
    try requireSameName(object, call)
    let existing: JSONValue
    do {
      existing = try read(call)
    } catch let error as StatusError where error.reason == "NotFound" && Self.createsOnUpdate(call) {
      return call.reply(
        try insert(object, call, options, managed: false), code: 201, warnings: warnings)
    }
    if call.resource.isCustom, object.resourceVersion.isEmpty {
      throw InvalidObject(
        group: call.resource.groupVersion.group, kind: call.resource.kind, name: object.name,
        errors: [FieldError(.invalid, "metadata.resourceVersion", .integer(0), "must be specified for an update")])
    }
    let stored = try update(existing, to: object, call, options, managed: false)
    return call.reply(stored, warnings: warnings)
  }

  /// Kinds that upstream lets a PUT create.
  private static func createsOnUpdate(_ call: ResourceCall) -> Bool {
    !call.isStatus && ["leases", "endpoints", "serviceaccounts", "services"].contains(call.resource.plural)
      && call.resource.plural != "serviceaccounts" && call.resource.plural != "services"
  }

  private func requireSameName(_ object: JSONValue, _ call: ResourceCall) throws {
    guard object.name == call.name else {
      throw StatusError.badRequest(
        "the name of the object (\(object.name)) does not match the name on the URL (\(call.name))")
    }
    if let namespace = object.namespace, !namespace.isEmpty, namespace != call.target.namespace {
      throw StatusError.badRequest(
        "the namespace of the object (\(namespace)) does not match the namespace on the request "
          + "(\(call.target.namespace ?? ""))")
    }
  }

  /// Makes `decoded` the state of an object; both are in the call's version. A write that changes nothing leaves the
  /// object alone; one that takes the last finalizer of a deleted object removes it.
  mutating func update(
    _ existing: JSONValue, to decoded: JSONValue, _ call: ResourceCall, _ options: WriteOptions, managed: Bool
  ) throws -> JSONValue {
    let resource = call.resource
    try checkPreconditions(existing, decoded, resource)
    var object = decoded
    for member in [
      "uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "generation", "selfLink",
      "namespace", "resourceVersion",
    ] {
      object[meta: member] = existing[meta: member]
    }
    if object[meta: "generateName"] == nil { object[meta: "generateName"] = existing[meta: "generateName"] }
    keepWhatIsNotWritten(&object, existing, call)
    if !managed {
      object = fieldManager(call).update(
        live: existing, to: object, manager: options.fieldManager,
        managed: ManagedFields.ofWrite(live: existing, new: decoded, isSubresource: call.target.subresource != nil))
    }
    if !call.isStatus { try admitUpdate(&object, existing, resource) }
    countGeneration(&object, existing, call)
    let errors =
      call.isStatus
      ? resource.schema.validateStatusUpdate(object, old: existing)
      : resource.schema.validateUpdate(object, old: existing)
    guard errors.isEmpty else {
      throw InvalidObject(
        group: resource.groupVersion.group, kind: resource.kind, name: object.name, errors: errors)
    }
    if Self.isSame(object, existing) { return existing }
    if options.dryRun { return object }
    let key = ObjectKey(namespace: object.namespace, name: object.name)
    if object.isTerminating, object.finalizers.isEmpty, isReadyToGo(object, resource) {
      let last = remove(resource.storage, key) ?? object
      return resource.served(last.served(apiVersion: object["apiVersion"]?.string ?? "", kind: resource.kind))
    }
    return resource.served(put(resource.storage, resource.stored(object)))
  }

  /// Whether nothing but finalizers kept a deleted object.
  private func isReadyToGo(_ object: JSONValue, _ resource: Resource) -> Bool {
    if resource.storage == .namespaces {
      return object[path: "spec", "finalizers"]?.array?.isEmpty ?? true
    }
    return (object[meta: "deletionGracePeriodSeconds"]?.integer ?? 0) == 0
  }

  private func checkPreconditions(_ existing: JSONValue, _ new: JSONValue, _ resource: Resource) throws {
    if !new.uid.isEmpty, new.uid != existing.uid {
      throw StatusError.conflict(
        resource.groupResource, existing.name,
        "Precondition failed: UID in precondition: \(new.uid), UID in object meta: \(existing.uid)")
    }
    if !new.resourceVersion.isEmpty, new.resourceVersion != existing.resourceVersion {
      throw StatusError.modified(resource.groupResource, existing.name)
    }
  }

  /// A write of the object leaves its status alone, a write of the status everything else.
  private func keepWhatIsNotWritten(_ object: inout JSONValue, _ existing: JSONValue, _ call: ResourceCall) {
    guard call.resource.hasStatus else { return }
    guard call.isStatus else {
      object["status"] = existing["status"]
      return
    }
    if call.resource.isCustom {
      let (status, managers) = (object["status"], object[meta: "managedFields"])
      object = existing
      object["status"] = status
      // An apply has put its own entry there.
      object[meta: "managedFields"] = managers
      return
    }
    object["spec"] = existing["spec"]
    object[meta: "ownerReferences"] = existing[meta: "ownerReferences"]
    if call.resource.groupVersion.group == "apps" { object[meta: "labels"] = existing[meta: "labels"] }
  }

  private func countGeneration(_ object: inout JSONValue, _ existing: JSONValue, _ call: ResourceCall) {
    guard call.resource.countsGenerations, !call.isStatus else { return }
    let generation = existing[meta: "generation"]?.integer ?? 0
    if Self.isNewGeneration(object, existing, call.resource) {
      object[meta: "generation"] = .integer(generation + 1)
    } else {
      object[meta: "generation"] = generation == 0 ? nil : .integer(generation)
    }
  }

  private static func isNewGeneration(_ object: JSONValue, _ existing: JSONValue, _ resource: Resource) -> Bool {
    if resource.isCustom {
      func content(_ value: JSONValue) -> JSONValue {
        var copy = value
        copy["metadata"] = nil
        if resource.hasStatus { copy["status"] = nil }
        return copy
      }
      return content(object) != content(existing)
    }
    if resource.plural == "endpointslices" {
      return object["endpoints"] != existing["endpoints"] || object["ports"] != existing["ports"]
        || object.labels != existing.labels
    }
    // Upstream counts annotations of Deployments, which their ReplicaSets copy.
    if resource.plural == "deployments", object.annotations != existing.annotations { return true }
    return object["spec"] != existing["spec"]
  }

  /// Whether a write would change nothing but the times of managers.
  static func isSame(_ left: JSONValue, _ right: JSONValue) -> Bool {
    guard left.withoutManagedFields == right.withoutManagedFields else { return false }
    func timeless(_ object: JSONValue) -> Set<ManagedFieldsEntry> {
      Set(
        ManagedFields(object[meta: "managedFields"]).entries.map { entry in
          var copy = entry
          copy.time = nil
          return copy
        })
    }
    return timeless(left) == timeless(right)
  }
}
