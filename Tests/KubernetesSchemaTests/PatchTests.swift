import JSON
import KubernetesSchema
import Testing

@Suite struct StrategicMergeTests {
  private func patched(_ object: String, _ patch: String, kind: String = "Pod", group: String = "") throws -> JSONValue
  {
    let schema = try Samples.builtin(group, "v1", kind).schema
    return try StrategicMerge.apply(try Samples.json(patch), to: try Samples.json(object), schema: schema)
  }

  @Test(
    "Lists with a merge key merge, others are replaced, directives do what they say",
    arguments: [
      (#"{"data": {"a": "1", "b": "2"}}"#, #"{"data": {"a": null, "c": "3"}}"#, #"{"data": {"b": "2", "c": "3"}}"#),
      (
        #"{"spec": {"containers": [{"name": "a", "image": "x"}]}}"#,
        #"{"spec": {"containers": [{"name": "a", "image": "y"}, {"name": "b"}]}}"#,
        #"{"spec": {"containers": [{"name": "a", "image": "y"}, {"name": "b"}]}}"#
      ),
      (
        #"{"spec": {"containers": [{"name": "a"}, {"name": "b"}]}}"#,
        #"{"spec": {"containers": [{"name": "a", "$patch": "delete"}]}}"#, #"{"spec": {"containers": [{"name": "b"}]}}"#
      ),
      (
        #"{"spec": {"containers": [{"name": "a"}, {"name": "b"}]}}"#,
        #"{"spec": {"containers": [{"$patch": "replace"}, {"name": "c"}]}}"#,
        #"{"spec": {"containers": [{"name": "c"}]}}"#
      ),
      (
        #"{"spec": {"containers": [{"name": "a"}, {"name": "b"}]}}"#,
        #"{"spec": {"$setElementOrder/containers": [{"name": "b"}, {"name": "a"}], "containers": [{"name": "a", "image": "i"}]}}"#,
        #"{"spec": {"containers": [{"name": "b"}, {"name": "a", "image": "i"}]}}"#
      ),
      (
        #"{"metadata": {"finalizers": ["x", "y"]}}"#,
        #"{"metadata": {"$deleteFromPrimitiveList/finalizers": ["x"], "finalizers": ["z"]}}"#,
        #"{"metadata": {"finalizers": ["y", "z"]}}"#
      ),
      (
        #"{"spec": {"tolerations": [{"key": "a"}]}}"#, #"{"spec": {"tolerations": [{"key": "b"}]}}"#,
        #"{"spec": {"tolerations": [{"key": "b"}]}}"#
      ),
      (
        #"{"spec": {"volumes": [{"name": "v", "emptyDir": {}}]}}"#,
        #"{"spec": {"volumes": [{"name": "v", "$retainKeys": ["name", "hostPath"], "hostPath": {"path": "/"}}]}}"#,
        #"{"spec": {"volumes": [{"name": "v", "hostPath": {"path": "/"}}]}}"#
      ),
      (
        #"{"spec": {"nodeSelector": {"a": "b"}}}"#, #"{"spec": {"nodeSelector": {"$patch": "replace", "c": "d"}}}"#,
        #"{"spec": {"nodeSelector": {"c": "d"}}}"#
      ),
    ])
  func merges(object: String, patch: String, expected: String) throws {
    #expect(try patched(object, patch) == (try Samples.json(expected)))
  }

  @Test("An element without its merge key is refused")
  func missingKey() throws {
    #expect(throws: StrategicMergeError.self) { try patched("{}", #"{"spec": {"containers": [{"image": "x"}]}}"#) }
  }
}

@Suite struct OpenAPITests {
  @Test("kubectl finds that PATCH validates fields, and the kinds' schemas")
  func document() throws {
    let deployment = try Samples.builtin("apps", "v1", "Deployment")
    let kind = OpenAPIKind(
      schema: deployment, plural: "deployments", isNamespaced: true, hasStatus: true, hasScale: true)
    let document = OpenAPIDocuments.v3(group: "apps", version: "v1", kinds: [kind])
    let patch = document[path: "paths", "/apis/apps/v1/namespaces/{namespace}/deployments/{name}", "patch"]
    #expect(patch?["parameters"]?.array?.contains { $0["name"] == "fieldValidation" } == true)
    #expect(patch?["x-kubernetes-group-version-kind"]?["kind"] == "Deployment")
    let schemas = document[path: "components", "schemas"]?.object ?? [:]
    #expect(schemas["io.k8s.api.apps.v1.Deployment"]?["x-kubernetes-group-version-kind"]?[0]?["group"] == "apps")
    let containers = schemas["io.k8s.api.core.v1.PodSpec"]?[path: "properties", "containers"]
    #expect(containers?["x-kubernetes-patch-merge-key"] == "name")
    // Every reference leads somewhere.
    let text = document.text()
    for name in Self.references(document) { #expect(schemas[name] != nil, "\(name) in \(text.prefix(80))") }
  }

  private static func references(_ value: JSONValue) -> [String] {
    switch value {
    case .object(let members):
      members.flatMap { key, member -> [String] in
        key == "$ref" ? [String((member.string ?? "").dropFirst("#/components/schemas/".count))] : references(member)
      }
    case .array(let elements): elements.flatMap(references)
    default: []
    }
  }

  @Test("The schema of a custom kind keeps its descriptions")
  func custom() throws {
    let gadget = try Samples.kind(Samples.gadgetSchema)
    let kind = OpenAPIKind(schema: gadget, plural: "gadgets", isNamespaced: true, hasStatus: true, hasScale: false)
    let document = OpenAPIDocuments.v3(group: gadget.group, version: "v1", kinds: [kind])
    let schema = document[path: "components", "schemas", "dev.martlet.cases.v1.Gadget"]
    #expect(schema?[path: "properties", "spec", "description"] == "What is wanted.")
    #expect(schema?[path: "properties", "spec", "properties", "color", "enum"] == ["Red", "Green"])
    #expect(schema?[path: "properties", "spec", "required"] == ["size"])
  }
}
