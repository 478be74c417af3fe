import CRDTypes
import JSON

/// A pod made from a template for an owner that controls it.
enum PodManifest {
  static func make(
    template: JSONValue, owner: DynamicObject, generateName: String, extraLabels: [String: String] = [:]
  ) -> DynamicObject {
    var metadata: JSONValue = .compact([
      "generateName": .string(generateName), "namespace": owner.namespace.map(JSONValue.string),
      "annotations": template[path: "metadata", "annotations"],
    ])
    let labels = (template[path: "metadata", "labels"]?.stringMap ?? [:]).merging(extraLabels) { _, extra in extra }
    metadata["labels"] = JSONValue(labels)
    if let finalizers = template[path: "metadata", "finalizers"] { metadata["finalizers"] = finalizers }
    var pod = DynamicObject([
      "apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": template["spec"] ?? .object([:]),
    ])
    pod.ownerReferences = [
      OwnerReference(
        apiVersion: owner.apiVersion, kind: owner.kind, name: owner.name, uid: owner.uid, controller: true,
        blockOwnerDeletion: true)
    ]
    return pod
  }
}
