import CRDTypes
import Testing

@Suite("Types and their schemas")
struct SchemaDriftTests {
  private func expectSame<Value: Decodable>(_ type: Value.Type, _ schema: Schema) throws {
    let decoded = try ProbeDecoder.shape(of: type).lines()
    let described = DecodedShape(schema).lines()
    #expect(decoded.subtracting(described) == [], "in the type, not in the schema")
    #expect(described.subtracting(decoded) == [], "in the schema, not in the type")
    #expect(decoded.count > 10)
  }

  @Test("A TrainingSweep decodes exactly the fields that its schema describes")
  func trainingSweep() throws {
    try expectSame(TrainingSweep.Spec.self, TrainingSweep.definition.spec)
    try expectSame(TrainingSweep.Status.self, TrainingSweep.definition.status)
  }

  @Test("A ModelDeployment decodes exactly the fields that its schema describes")
  func modelDeployment() throws {
    try expectSame(ModelDeployment.Spec.self, ModelDeployment.definition.spec)
    try expectSame(ModelDeployment.Status.self, ModelDeployment.definition.status)
  }

  @Test("An ABExperiment decodes exactly the fields that its schema describes")
  func abExperiment() throws {
    try expectSame(ABExperiment.Spec.self, ABExperiment.definition.spec)
    try expectSame(ABExperiment.Status.self, ABExperiment.definition.status)
  }

  @Test("A FeatureSet decodes exactly the fields that its schema describes")
  func featureSet() throws {
    try expectSame(FeatureSet.Spec.self, FeatureSet.definition.spec)
    try expectSame(FeatureSet.Status.self, FeatureSet.definition.status)
  }

  @Test("The probe sees a missing field, a wrong requiredness, a wrong type and a missing choice")
  func probeSees() throws {
    struct Small: Decodable {
      enum Colour: String, Decodable, CaseIterable { case red, blue }
      var name: String
      var count: Int64?
      var colour: Colour
      var tags: [[String: String]]?
    }
    #expect(
      try ProbeDecoder.shape(of: Small.self).lines() == [
        "name: string", "count?: integer", "colour: blue|red", "tags?[]{}: string",
      ])
  }
}
