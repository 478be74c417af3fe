import CRDTypes
import FoundationEssentials
import JSON
import KubernetesSchema

extension Cluster {
  mutating func create(_ call: ResourceCall) throws -> APIReply {
    guard call.target.name == nil else { throw StatusError.methodNotAllowed() }
    let options = try WriteOptions(call.request)
    var warnings: [String] = []
    let body = try RequestBody.json(call.request)
    let object = try decode(body, call, options, &warnings)
    let stored = try insert(object, call, options, managed: false)
    return call.reply(stored, code: 201, warnings: warnings + Self.warnings(for: stored, call.resource))
  }

  /// Makes a decoded object part of the cluster: metadata, admission, managers, validation. `managed` says that
  /// its managers are known already, as server-side apply knows them. Gives it in the call's version.
  mutating func insert(
    _ decoded: JSONValue, _ call: ResourceCall, _ options: WriteOptions, managed: Bool
  ) throws -> JSONValue {
    let resource = call.resource
    var object = decoded
    guard object.resourceVersion.isEmpty else {
      throw StatusError.badRequest("resourceVersion should not be set on objects to be created")
    }
    try placeInNamespace(&object, call)
    if object.name.isEmpty, let prefix = object[meta: "generateName"]?.string, !prefix.isEmpty {
      object[meta: "name"] = .string(Self.generatedName(prefix))
    }
    if let namespace = object.namespace { try requireNamespace(namespace, resource, object.name) }
    for member in ["deletionTimestamp", "deletionGracePeriodSeconds", "selfLink", "resourceVersion"] {
      object[meta: member] = nil
    }
    object[meta: "uid"] = .string(UUID().uuidString.lowercased())
    object[meta: "creationTimestamp"] = .string(Timestamp.text(call.now))
    object[meta: "generation"] = resource.countsGenerations ? 1 : nil
    if resource.hasStatus, !Self.registersItsStatus(resource) { object["status"] = nil }
    if !managed {
      let reset = object
      object = fieldManager(call).update(
        live: emptyObject(resource), to: reset, manager: options.fieldManager,
        managed: ManagedFields.ofWrite(live: nil, new: decoded, isSubresource: false))
    }
    if let kind = resource.schema as? BuiltinKind, !Self.registersItsStatus(resource) {
      // Defaults once more: upstream applies them on every read, also to what its strategies filled in, so that a Job
      // gets the labels of its template.
      object = kind.defaulted(kind.preparedForCreate(object))
    }
    try admitNew(&object, resource)
    let errors = resource.schema.validateCreate(object)
    guard errors.isEmpty else {
      throw InvalidObject(
        group: resource.groupVersion.group, kind: resource.kind, name: object.name, errors: errors)
    }
    let key = ObjectKey(namespace: object.namespace, name: object.name)
    guard store.object(resource.storage, key) == nil else {
      throw StatusError.alreadyExists(resource.groupResource, object.name)
    }
    if options.dryRun { return object }
    return resource.served(put(resource.storage, resource.stored(object)))
  }

  /// Nodes come with their status; everything else gets its first one from the server.
  private static func registersItsStatus(_ resource: Resource) -> Bool { resource.isCore("nodes") }

  private func placeInNamespace(_ object: inout JSONValue, _ call: ResourceCall) throws {
    guard call.resource.isNamespaced else {
      if object.namespace?.isEmpty == false {
        throw StatusError.badRequest(
          "the namespace of the provided object does not match the namespace sent on the request")
      }
      return
    }
    guard let namespace = call.target.namespace else {
      throw StatusError.badRequest("an empty namespace may not be set during creation")
    }
    if let given = object.namespace, !given.isEmpty, given != namespace {
      throw StatusError.badRequest(
        "the namespace of the provided object does not match the namespace sent on the request")
    }
    object[meta: "namespace"] = .string(namespace)
  }

  /// Refuses new content in a namespace that is missing or on its way out.
  func requireNamespace(_ namespace: String, _ resource: Resource, _ name: String) throws {
    guard let found = store.object(.namespaces, ObjectKey(namespace: nil, name: namespace)) else {
      throw StatusError.notFound(.namespaces, namespace)
    }
    guard found.isTerminating else { return }
    let cause: JSONValue = [
      "reason": "NamespaceTerminating", "field": "metadata.namespace",
      "message": .string("namespace \(namespace) is being terminated"),
    ]
    throw StatusError.forbidden(
      resource.groupResource, name,
      "unable to create new content in namespace \(namespace) because it is being terminated", causes: [cause])
  }

  /// A name with five random characters of upstream's alphabet, which has no vowels
  /// (`k8s.io/apiserver/pkg/storage/names`).
  static func generatedName(_ prefix: String) -> String {
    var random = SystemRandomNumberGenerator()
    let alphabet = Array("bcdfghjklmnpqrstvwxz2456789")
    let suffix = (0..<5).map { _ in alphabet[Int.random(in: alphabet.indices, using: &random)] }
    return String(prefix.prefix(58)) + String(suffix)
  }

  /// What an object of the kind is before anybody wrote it: built-in kinds are Go structs, whose structs are there.
  func emptyObject(_ resource: Resource) -> JSONValue {
    guard !resource.isCustom else { return .object([:]) }
    return Self.zeroValue(resource.schema.schema, depth: 0)
  }

  private static func zeroValue(_ schema: KubernetesSchema.Schema, depth: Int) -> JSONValue {
    var members: JSONObject = [:]
    if depth < 4 {
      for (name, child) in schema.properties
      where child.type == .object && !child.properties.isEmpty && (child.presence == .always || name == "metadata") {
        members[name] = zeroValue(child, depth: depth + 1)
      }
      if schema.properties["spec"] != nil, members["spec"] == nil, depth == 0 { members["spec"] = .object([:]) }
    }
    return .object(members)
  }

  func fieldManager(_ call: ResourceCall) -> FieldManager {
    var reset = FieldSet()
    if call.isStatus {
      reset.insert([.field("spec")])
      if call.resource.isCustom { reset.insert([.field("metadata")]) }
    } else if call.resource.hasStatus {
      reset.insert([.field("status")])
    }
    return FieldManager(
      schema: call.resource.schema.schema, apiVersion: call.resource.groupVersion.description,
      subresource: call.target.subresource ?? "", reset: reset, time: Timestamp.text(call.now))
  }
}

extension GroupResource {
  static let namespaces = GroupResource(group: "", resource: "namespaces")
  static let pods = GroupResource(group: "", resource: "pods")
  static let services = GroupResource(group: "", resource: "services")
  static let serviceAccounts = GroupResource(group: "", resource: "serviceaccounts")
  static let configMaps = GroupResource(group: "", resource: "configmaps")
  static let customResourceDefinitions = GroupResource(
    group: "apiextensions.k8s.io", resource: "customresourcedefinitions")
}
