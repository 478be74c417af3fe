public import JSON

/// A CustomResourceDefinition: a kind, its names, its schema and how `kubectl get` prints it.
public struct ResourceDefinition: Sendable, Hashable {
  public struct Scale: Sendable, Hashable {
    public var specReplicas: String
    public var statusReplicas: String
    public var selector: String
  }

  public var type: ResourceType
  public var shortName: String
  public var description: String
  public var spec: Schema
  public var status: Schema
  public var columns: [PrinterColumn]
  public var scale: Scale?
  /// Rules that need the whole object, such as the length of its name.
  public var rules: [ValidationRule] = []

  /// The schema of the whole object.
  public var schema: Schema {
    .object(
      description,
      [
        .optional(
          "apiVersion", .string("The version of the schema of this object: martlet.dev/v1alpha1.", maxLength: 64)),
        .optional("kind", .string("The kind of this object: \(type.kind).", maxLength: 64)),
        .required("spec", spec),
        .optional("status", status),
      ], rules: rules)
  }

  /// The manifest to install.
  public var document: JSONValue {
    var subresources: JSONValue = ["status": [:]]
    if let scale {
      subresources["scale"] = [
        "specReplicasPath": .string(scale.specReplicas), "statusReplicasPath": .string(scale.statusReplicas),
        "labelSelectorPath": .string(scale.selector),
      ]
    }
    var root = schema.document
    // The API server lets a definition say no more of metadata than this.
    root[path: "properties", "metadata"] = ["type": "object"]
    let version: JSONValue = [
      "name": .string(type.version), "served": true, "storage": true, "schema": ["openAPIV3Schema": root],
      "subresources": subresources, "additionalPrinterColumns": .array(columns.map(\.document)),
    ]
    return [
      "apiVersion": .string(ResourceType.customResourceDefinition.apiVersion),
      "kind": .string(ResourceType.customResourceDefinition.kind),
      "metadata": ["name": .string(type.qualifiedName)],
      "spec": [
        "group": .string(type.group), "scope": "Namespaced", "versions": [version],
        "names": [
          "kind": .string(type.kind), "listKind": .string("\(type.kind)List"), "plural": .string(type.plural),
          "singular": .string(type.kind.lowercased()), "shortNames": [.string(shortName)],
          "categories": ["martlet"],
        ],
      ],
    ]
  }
}
