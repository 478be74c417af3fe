import CRDTypes
import JSON
import Testing

@testable import KubectlPlugin

@Suite("What is not fine about an object")
struct ConcernTests {
  static func object(
    generation: Int64 = 1, observed: Int64 = 1, _ conditions: [(String, String, String, String)]
  ) -> DynamicObject {
    var out = DynamicObject(TrainingSweep.type, ObjectKey(namespace: "ml", name: "churn"))
    out.json[path: "metadata", "generation"] = .integer(generation)
    out.status = [
      "observedGeneration": .integer(observed),
      "conditions": .array(
        conditions.map {
          ["type": .string($0.0), "status": .string($0.1), "reason": .string($0.2), "message": .string($0.3)]
        }),
    ]
    return out
  }

  @Test("An object that is ready has no concern")
  func fine() {
    let object = Self.object([
      ("Ready", "True", "Serving", "3 of 3 replicas serve"), ("Progressing", "False", "RolledOut", ""),
      ("Concluded", "False", "NoAnalysis", ""),
    ])
    #expect(Concern.all(of: object).isEmpty)
  }

  @Test("Conditions with one reason are one problem, in the words of the first")
  func stalled() {
    let object = Self.object([
      ("Ready", "False", "InvalidSpec", "spec.trials.max must be at least 1"),
      ("Stalled", "True", "InvalidSpec", "spec.trials.max must be at least 1"),
      ("Succeeded", "False", "InvalidSpec", "the spec is not valid"),
    ])
    #expect(
      Concern.all(of: object) == [
        Concern(
          level: .problem, conditions: ["Ready=False", "Stalled=True", "Succeeded=False"], reason: "InvalidSpec",
          message: "spec.trials.max must be at least 1")
      ])
  }

  @Test("What is on its way waits, and worse things come first")
  func order() {
    let object = Self.object([
      ("Ready", "False", "Running", "4 of 9 trials"), ("Reconciling", "True", "Running", "4 of 9 trials"),
      ("FieldsNotSupported", "True", "NotYetSupported", "spec.queue"),
    ])
    #expect(Concern.all(of: object).map(\.level) == [.warning, .waiting])
    #expect(Concern.all(of: object).map(\.reason) == ["NotYetSupported", "Running"])
  }

  @Test("A spec that the operator has not seen is said to be so")
  func unseen() {
    let concerns = Concern.all(of: Self.object(generation: 3, observed: 2, [("Ready", "True", "Serving", "")]))
    #expect(concerns.map(\.reason) == ["NotObserved"])
    #expect(concerns.first?.message == "the operator has seen generation 2 of the spec, not yet 3")
  }

  @Test("An object without a status points at the operator")
  func noStatus() throws {
    let object = DynamicObject(FeatureSet.type, ObjectKey(namespace: "ml", name: "users"))
    let concern = try #require(Concern.all(of: object).first)
    #expect(concern.reason == "NotObserved")
    let advice = Advice.text(for: concern, about: object, of: FeatureSet.definition)
    #expect(advice == "see whether the operator runs: kubectl get pods -A -l app.kubernetes.io/name=martlet")
  }

  @Test("A deletion says what it waits for")
  func deletion() {
    var object = Self.object([("Ready", "True", "Succeeded", "")])
    object.json[path: "metadata", "deletionTimestamp"] = "2026-01-01T00:00:00Z"
    object.finalizers = ["martlet.dev/cleanup"]
    #expect(Concern.all(of: object).first?.message == "it is being deleted; it waits for martlet.dev/cleanup")
  }

  @Test("A sweep that ended without a result is a problem, one that runs is not")
  func sweeps() {
    #expect(Concern.all(of: Self.object([("Succeeded", "False", "TooManyFailures", "")])).first?.level == .problem)
    #expect(
      Concern.all(
        of: Self.object([("Succeeded", "False", "Running", ""), ("Reconciling", "True", "Running", "")])
      ).map(\.level) == [.waiting])
  }

  @Test("What is ready but behind is a warning, and a set for training only is fine")
  func behind() {
    let behind = Self.object([
      ("Ready", "True", "Materialized", "9 entities are online"), ("Fresh", "False", "Lagging", "20m behind"),
    ])
    #expect(Concern.all(of: behind).map(\.level) == [.warning])
    let training = Self.object([
      ("Ready", "True", "DefinitionValid", ""), ("Materialized", "False", "NotOnline", "for training only"),
    ])
    #expect(Concern.all(of: training).isEmpty)
  }
}
