public import JSON

/// The documents under `/openapi`: enough for `kubectl explain`, for client-side apply, and for kubectl to see that
/// the server validates fields.
public enum OpenAPIDocuments {
  /// The index `/openapi/v3`.
  public static func index(groupVersions: [(group: String, version: String)]) -> JSONValue {
    var paths: JSONObject = [:]
    for (group, version) in groupVersions {
      let path = group.isEmpty ? "api/\(version)" : "apis/\(group)/\(version)"
      paths[path] = ["serverRelativeURL": .string("/openapi/v3/" + path)]
    }
    return ["paths": .object(paths)]
  }

  /// The document of one group and version.
  public static func v3(group: String, version: String, kinds: [OpenAPIKind]) -> JSONValue {
    var writer = OpenAPISchemaWriter(prefix: "#/components/schemas/")
    for kind in kinds { writer.add(kind) }
    return [
      "openapi": "3.0.0", "info": info, "paths": paths(kinds, isV3: true),
      "components": ["schemas": .object(writer.components)],
    ]
  }

  /// The document `/openapi/v2`, as JSON.
  public static func v2(kinds: [OpenAPIKind]) -> JSONValue {
    var writer = OpenAPISchemaWriter(prefix: "#/definitions/")
    for kind in kinds { writer.add(kind) }
    return [
      "swagger": "2.0", "info": info, "paths": paths(kinds, isV3: false), "definitions": .object(writer.components),
    ]
  }

  private static let info: JSONValue = ["title": "Kubernetes", "version": "v1.36.2"]

  private static func paths(_ kinds: [OpenAPIKind], isV3: Bool) -> JSONValue {
    var out: JSONObject = [:]
    for kind in kinds {
      let scope = kind.isNamespaced ? [parameter("namespace", in: "path", isV3: isV3)] : []
      let item = scope + [parameter("name", in: "path", isV3: isV3)]
      out[kind.collection] = [
        "parameters": .array(scope), "get": operation(kind, "list", isV3), "post": operation(kind, "post", isV3),
        "delete": operation(kind, "deletecollection", isV3),
      ]
      out[kind.collection + "/{name}"] = element(kind, item, isV3)
      if kind.hasStatus { out[kind.collection + "/{name}/status"] = element(kind, item, isV3) }
      if kind.isNamespaced { out["\(kind.root)/\(kind.plural)"] = ["get": operation(kind, "list", isV3)] }
    }
    return .object(out)
  }

  private static func element(_ kind: OpenAPIKind, _ parameters: [JSONValue], _ isV3: Bool) -> JSONValue {
    [
      "parameters": .array(parameters), "get": operation(kind, "get", isV3), "put": operation(kind, "put", isV3),
      "patch": operation(kind, "patch", isV3), "delete": operation(kind, "delete", isV3),
    ]
  }

  private static func operation(_ kind: OpenAPIKind, _ action: String, _ isV3: Bool) -> JSONValue {
    var parameters: [JSONValue] = []
    if ["post", "put", "patch"].contains(action) {
      parameters = ["dryRun", "fieldManager", "fieldValidation"].map { parameter($0, in: "query", isV3: isV3) }
    }
    if action == "patch" { parameters.append(parameter("force", in: "query", isV3: isV3, type: "boolean")) }
    let reference = (isV3 ? "#/components/schemas/" : "#/definitions/") + kind.componentName
    let schema: JSONValue = ["$ref": .string(reference)]
    let answer: JSONValue =
      isV3
      ? ["description": "OK", "content": ["application/json": ["schema": schema]]]
      : ["description": "OK", "schema": schema]
    return [
      "x-kubernetes-action": .string(action), "x-kubernetes-group-version-kind": kind.gvk,
      "parameters": .array(parameters), "responses": ["200": answer],
    ]
  }

  private static func parameter(
    _ name: String, in place: String, isV3: Bool, type: JSONValue = "string"
  ) -> JSONValue {
    var out: JSONValue = ["name": .string(name), "in": .string(place)]
    if place == "path" { out["required"] = true }
    if isV3 { out["schema"] = ["type": type, "uniqueItems": true] } else { out["type"] = type }
    return out
  }
}
