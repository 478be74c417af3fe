import JSON
import KubernetesSchema

/// Objects and kinds that several suites use.
enum Samples {
  static func json(_ text: String) throws -> JSONValue { try JSONValue(parsing: text) }

  /// A CRD with one version `v1` and the schema given as JSON.
  static func crd(_ schema: String, scale: Bool = false) throws -> JSONValue {
    var version: JSONValue = [
      "name": "v1", "served": true, "storage": true, "schema": ["openAPIV3Schema": try json(schema)],
      "subresources": ["status": [:]],
    ]
    if scale {
      version[path: "subresources", "scale"] = ["specReplicasPath": ".spec.size", "statusReplicasPath": ".status.size"]
    }
    return [
      "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
      "metadata": ["name": "gadgets.cases.martlet.dev"],
      "spec": [
        "group": "cases.martlet.dev", "scope": "Namespaced", "versions": [version],
        "names": ["kind": "Gadget", "listKind": "GadgetList", "plural": "gadgets", "singular": "gadget"],
      ],
    ]
  }

  static func kind(_ schema: String, scale: Bool = false) throws -> CustomResourceKind {
    try CustomResourceKind(crd: crd(schema, scale: scale), version: "v1")
  }

  /// The schema of the gadgets that the recorded kubectl sessions use.
  static let gadgetSchema = """
    {"type": "object", "description": "A gadget for cases.", "required": ["spec"], "properties": {
      "spec": {"type": "object", "description": "What is wanted.", "required": ["size"], "properties": {
        "size": {"type": "integer", "minimum": 0, "maximum": 10, "description": "How big."},
        "color": {"type": "string", "enum": ["Red", "Green"], "default": "Green"},
        "name": {"type": "string", "pattern": "^[a-z]+$", "maxLength": 8},
        "tags": {"type": "array", "maxItems": 3, "items": {"type": "string"}, "x-kubernetes-list-type": "set"},
        "parts": {"type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"],
          "items": {"type": "object", "required": ["name"], "properties": {
            "name": {"type": "string"}, "count": {"type": "integer", "default": 1}}}},
        "free": {"type": "object", "x-kubernetes-preserve-unknown-fields": true}}},
      "status": {"type": "object", "properties": {
        "size": {"type": "integer"},
        "observedGeneration": {"type": "integer", "format": "int64"}}}}}
    """

  static func gadget(_ spec: String, name: String = "two") throws -> JSONValue {
    [
      "apiVersion": "cases.martlet.dev/v1", "kind": "Gadget",
      "metadata": ["name": .string(name), "namespace": "default"], "spec": try json(spec),
    ]
  }

  static func builtin(_ group: String, _ version: String, _ kind: String) throws -> BuiltinKind {
    guard let found = BuiltinKind.named(group: group, version: version, kind: kind) else {
      throw Missing(kind: kind)
    }
    return found
  }

  struct Missing: Error { let kind: String }

  /// A built-in object as the server sees it before its checks.
  static func prepared(_ kind: BuiltinKind, _ text: String) throws -> JSONValue {
    var object = try json(text)
    if kind.isNamespaced { object[path: "metadata", "namespace"] = "default" }
    object[path: "metadata", "uid"] = "u-1"
    return kind.preparedForCreate(kind.defaulted(kind.pruned(object)))
  }
}
