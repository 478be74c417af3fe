import CRDTypes
import JSON
import KubernetesSchema
import Testing

@Suite struct OwnDefinitionTests {
  @Test("The operator's own definitions are accepted and can be served", arguments: ResourceDefinition.all)
  func accepted(definition: ResourceDefinition) throws {
    let crd = definition.document
    #expect(CRDValidation.errors(crd).map(\.description) == [])
    let version = crd["spec"]?["versions"]?[0]?["name"]?.string ?? ""
    let kind = try CustomResourceKind(crd: crd, version: version)
    let empty: JSONValue = [
      "apiVersion": .string(kind.apiVersion), "kind": .string(kind.kind),
      "metadata": ["name": "a", "namespace": "b"], "spec": [:],
    ]
    let once = kind.defaulted(kind.pruned(empty))
    #expect(kind.defaulted(once) == once)
    #expect(!kind.validateCreate(once).isEmpty)
  }
}
