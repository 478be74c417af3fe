import JSON
import KubernetesSchema

extension Cluster {
  /// An object of a POST or PUT body: of the right kind, without unknown fields, with its defaults.
  func decode(
    _ body: JSONValue, _ call: ResourceCall, _ options: WriteOptions, _ warnings: inout [String]
  ) throws -> JSONValue {
    let resource = call.resource
    guard body.object != nil else {
      throw StatusError.badRequest("the body of the request must be an object of kind \(resource.kind)")
    }
    var object = body
    let apiVersion = resource.groupVersion.description
    let given = object["apiVersion"]?.string ?? ""
    if given.isEmpty { object["apiVersion"] = .string(apiVersion) }
    if (object["kind"]?.string ?? "").isEmpty { object["kind"] = .string(resource.kind) }
    let kind = object["kind"]?.string ?? ""
    guard kind == resource.kind, given.isEmpty || given == apiVersion else {
      if kind == resource.kind {
        throw StatusError.badRequest(
          "the API version in the data (\(given)) does not match the expected API version (\(apiVersion))")
      }
      throw StatusError.badRequest(
        "\(resource.kind) in version \"\(resource.groupVersion.version)\" cannot be handled as a \(resource.kind): "
          + "the object provided is unrecognized (must be of type \(resource.kind)): it is \(given), Kind=\(kind)")
    }
    if let error = resource.schema.decodeError(object) { throw Self.undecodable(resource, error.decoder) }
    let unknown = options.fieldValidation == .ignore ? [] : resource.schema.unknownFields(object)
    if !unknown.isEmpty {
      if options.fieldValidation == .strict {
        throw Self.undecodable(resource, StrictDecodingError(problems: unknown).description)
      }
      warnings += unknown
    }
    return resource.schema.defaulted(resource.schema.pruned(object))
  }

  private static func undecodable(_ resource: Resource, _ problem: String) -> StatusError {
    .badRequest(
      "\(resource.kind) in version \"\(resource.groupVersion.version)\" cannot be handled as a \(resource.kind): "
        + problem)
  }

  /// What a patch made of an object: as `decode`, but with the refusals of patches.
  func decodePatched(
    _ object: JSONValue, _ call: ResourceCall, _ options: WriteOptions, refusal: PatchWording,
    _ warnings: inout [String]
  ) throws -> JSONValue {
    let schema = call.resource.schema
    if let error = schema.decodeError(object) { throw refusal.error(error) }
    let unknown = options.fieldValidation == .ignore ? [] : schema.unknownFields(object)
    if !unknown.isEmpty {
      if options.fieldValidation == .strict {
        throw refusal.error(StrictDecodingError(problems: unknown).description)
      }
      warnings += unknown
    }
    return schema.defaulted(schema.pruned(object))
  }
}

/// How the refusal of a patch shows the patch: strategic-merge patches as Go prints a map, others as their text.
enum PatchWording {
  case strategic(JSONValue)
  case text(String)

  func error(_ problem: DecodeError) -> StatusError {
    switch self {
    case .strategic: error(problem.conversion)
    case .text: error(problem.decoder)
    }
  }

  func error(_ problem: String) -> StatusError {
    switch self {
    case .strategic(let patch):
      return StatusError(status: PatchRefusal.status(patch: patch, problem: problem))
    case .text(let text):
      let error = FieldError(.invalid, "patch", .string(text), problem)
      return StatusError(
        code: 422, reason: "Invalid", message: " \"\" is invalid: \(error.description)",
        details: ["causes": [error.cause]])
    }
  }
}
