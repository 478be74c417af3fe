import CRDTypes
import JSON
import KubernetesSchema

extension Cluster {
  /// Changes an object by a patch of the kind that the content type names.
  mutating func patch(_ call: ResourceCall) throws -> APIReply {
    let type = call.request.contentType.prefix { $0 != ";" }.lowercased()
    if type == "application/apply-patch+yaml" { return try apply(call) }
    let options = try WriteOptions(call.request)
    let existing = try read(call)
    var warnings: [String] = []
    let (patched, wording) = try Self.patched(existing, type: type, call)
    let object = try decodePatched(patched, call, options, refusal: wording, &warnings)
    guard object.name == existing.name else {
      throw StatusError.badRequest(
        "the name of the object (\(object.name)) does not match the name on the URL (\(existing.name))")
    }
    return call.reply(try update(existing, to: object, call, options, managed: false), warnings: warnings)
  }

  private static func patched(
    _ existing: JSONValue, type: String, _ call: ResourceCall
  ) throws -> (JSONValue, PatchWording) {
    let document: JSONValue
    do {
      document = try JSONValue(parsing: call.request.body)
    } catch {
      throw StatusError.badRequest("error decoding patch: \(error)")
    }
    let text = String(decoding: call.request.body, as: UTF8.self)
    switch type {
    case "application/json-patch+json":
      return (try JSONPatch(document).applied(to: existing), .text(text))
    case "application/merge-patch+json":
      guard document.object != nil else { throw StatusError.badRequest("a merge patch must be an object") }
      return (existing.merging(patch: document), .text(text))
    case "application/strategic-merge-patch+json" where !call.resource.isCustom:
      do {
        let merged = try StrategicMerge.apply(document, to: existing, schema: call.resource.schema.schema)
        return (merged, .strategic(document))
      } catch {
        throw StatusError.badRequest("\(error)")
      }
    default:
      let custom = "application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml"
      let builtin =
        "application/json-patch+json, application/merge-patch+json, application/strategic-merge-patch+json, "
        + "application/apply-patch+yaml"
      throw StatusError.unsupportedMediaType(
        "the body of the request was in an unknown format - accepted media types include: "
          + (call.resource.isCustom ? custom : builtin))
    }
  }

  /// Server-side apply (https://kubernetes.io/docs/reference/using-api/server-side-apply/).
  private mutating func apply(_ call: ResourceCall) throws -> APIReply {
    let options = try WriteOptions(call.request)
    guard let manager = call.request.query["fieldManager"], !manager.isEmpty else {
      throw InvalidObject(
        group: "meta.k8s.io", kind: "PatchOptions", name: "",
        errors: [FieldError(.required, "fieldManager", nil, "is required for apply patch")])
    }
    let config = try applied(call)
    let existing: JSONValue?
    do {
      existing = try read(call)
    } catch let error as StatusError where error.reason == "NotFound" && call.target.subresource == nil {
      existing = nil
    }
    if existing == nil, let namespace = call.target.namespace {
      try requireNamespace(namespace, call.resource, call.name)
    }
    let problems = call.resource.schema.schema.typedPatchErrors(config)
    guard problems.isEmpty else {
      let place = "\(call.target.namespace ?? "")/\(call.name)"
      let version = call.resource.groupVersion
      let kind = "\(version.group.isEmpty ? "/" + version.version : version.description), Kind=\(call.resource.kind)"
      let text = problems.count == 1 ? problems[0] : "errors:\n" + problems.map { "  \($0)" }.joined(separator: "\n")
      throw StatusError.plain("failed to create typed patch object (\(place); \(kind)): \(text)")
    }
    let live = existing ?? Self.identity(of: config, call)
    var merged = try fieldManager(call).apply(config, to: live, manager: manager, force: options.force)
    let schema = call.resource.schema
    if let error = schema.decodeError(merged) { throw StatusError.plain(error.conversion) }
    merged = schema.defaulted(schema.pruned(merged))
    guard let existing else {
      merged[meta: "uid"] = nil
      return call.reply(try insert(merged, call, options, managed: true), code: 201)
    }
    return call.reply(try update(existing, to: merged, call, options, managed: true))
  }

  /// The applied configuration, which must say what it is and may not name managers itself.
  private func applied(_ call: ResourceCall) throws -> JSONValue {
    var config = try RequestBody.json(call.request)
    let apiVersion = config["apiVersion"]?.string ?? ""
    guard config["kind"]?.string == call.resource.kind, !apiVersion.isEmpty else {
      throw StatusError.badRequest(
        "couldn't convert the applied object: it must have apiVersion \(call.resource.groupVersion) and kind "
          + call.resource.kind)
    }
    guard apiVersion == call.resource.groupVersion.description else {
      throw StatusError.badRequest(
        "Incorrect version specified in apply patch. Specified patch version: \(apiVersion), expected: "
          + call.resource.groupVersion.description)
    }
    guard config[meta: "managedFields"] == nil || config[meta: "managedFields"] == .null else {
      throw StatusError.badRequest("metadata.managedFields must be nil")
    }
    if config.name.isEmpty { config[meta: "name"] = .string(call.name) }
    guard config.name == call.name else {
      throw StatusError.badRequest(
        "the name of the object (\(config.name)) does not match the name on the URL (\(call.name))")
    }
    if call.resource.isNamespaced, config.namespace == nil, let namespace = call.target.namespace {
      config[meta: "namespace"] = .string(namespace)
    }
    return config
  }

  private static func identity(of config: JSONValue, _ call: ResourceCall) -> JSONValue {
    var live: JSONValue = ["apiVersion": config["apiVersion"] ?? "", "kind": config["kind"] ?? ""]
    live[meta: "name"] = .string(call.name)
    live[meta: "namespace"] = call.target.namespace.map(JSONValue.string)
    return live
  }
}
