import CRDTypes
import FoundationEssentials
import JSON
import Testing
import YAML

@Suite("Samples and generated files")
struct SampleTests {
  @Test("There is a sample of every kind")
  func everyKind() throws {
    #expect(Set(Samples.all.map(\.kind)) == Set(ResourceDefinition.all.map(\.type.kind)))
  }

  private func check<Resource: CustomResource & Hashable>(
    _ sample: Samples.Sample, as type: Resource.Type
  ) throws where Resource.Spec: ValidatedSpec {
    let resource = try sample.document.decoded(as: Resource.self)
    #expect(resource.spec.problems().map(\.description) == [])
    // Fields that the type does not have are lost on the way.
    #expect(try JSONValue(encoding: resource.spec) == sample.document["spec"])
    #expect(try JSONValue(encoding: resource).decoded(as: Resource.self) == resource)
  }

  @Test("A sample decodes without losing a field, has no problems and encodes as it was", arguments: Samples.all)
  func decodes(sample: Samples.Sample) throws {
    switch sample.kind {
    case "TrainingSweep": try check(sample, as: TrainingSweep.self)
    case "ModelDeployment": try check(sample, as: ModelDeployment.self)
    case "ABExperiment": try check(sample, as: ABExperiment.self)
    case "FeatureSet": try check(sample, as: FeatureSet.self)
    default: Issue.record("\(sample.kind) is not a kind")
    }
  }

  @Test("A sample fits the schema's patterns, bounds and choices", arguments: Samples.all)
  func fitsSchema(sample: Samples.Sample) throws {
    let definition = try #require(ResourceDefinition.all.first { $0.type.kind == sample.kind })
    let spec = try #require(sample.document["spec"])
    #expect(definition.spec.objections(to: spec, at: "spec") == [])
  }

  @Test("The checked-in definitions are those of the types", arguments: ResourceDefinition.all)
  func generated(definition: ResourceDefinition) throws {
    let name = "crds/\(definition.type.group)_\(definition.type.plural).yaml"
    let text = try Data(contentsOf: Samples.repository.appending(path: name))
    let document = try JSONValue(yaml: Array(text))
    #expect(document == definition.document, "run `swift run crdgen crds`")
  }
}
