import CRDTypes
import FoundationEssentials
import Testing

@testable import Planning

@Suite("Registration")
struct RegistrationTests {
  private func ended(_ change: (inout SweepWorld, String) -> Void) -> SweepWorld {
    var world = startedWorld {
      $0.spec.register = .init(model: "churn", alias: "challenger")
      $0.spec.trials = .init(max: 2, parallel: 2)
    }
    world.succeed("churn-0", ["auc": 0.5])
    world.succeed("churn-1", ["auc": 0.7])
    let run = world.runs.first { $0.place?.trial == 1 }?.id ?? ""
    change(&world, run)
    return world
  }

  private static let model = RegistryObservation.Model(id: "m-1", name: "model", artifactLocation: "s3://models/1")

  @Test("the best run becomes one version with the alias, and the tags tell where it is from")
  func registers() throws {
    var world = ended { $0.models[$1] = [Self.model] }
    world.settle()
    #expect(world.versions.count == 1)
    let version = try #require(world.versions.first)
    #expect(version.tags["martlet.sweep"] == "ml/churn")
    #expect(version.tags["martlet.trial"] == "1")
    #expect(version.tags["martlet.metric"] == "auc" && version.tags["martlet.value"] == "0.7")
    #expect(version.tags["martlet.parameters"]?.contains("depth") == true)
    #expect(world.alias == 1)
    #expect(world.status.registered?.version == "1" && world.status.registered?.alias == "challenger")
    #expect(world.condition("Registered")?.status == .true)
    #expect(world.condition("Ready")?.status == .true)
    #expect(world.events.count { $0.reason == "ModelRegistered" } == 1)
    #expect(world.plan().steps.isEmpty)
  }

  @Test("an operator that dies on the way registers no second version", arguments: 0..<8)
  func once(limit: Int) {
    var world = ended { $0.models[$1] = [Self.model] }
    for round in 0..<12 { world.reconcile(dyingAfter: round % 2 == 0 ? limit : nil) }
    world.settle()
    #expect(world.versions.count == 1)
    #expect(world.status.registered?.version == "1")
  }

  @Test("a run that logged no model, or none of the name, is said with what there is")
  func missing() {
    var none = ended { _, _ in }
    none.settle()
    #expect(none.condition("Registered")?.reason == "ModelNotLogged")
    #expect(none.condition("Ready")?.status == .false)
    #expect(none.condition("Stalled") != nil)
    #expect(none.condition("Succeeded")?.status == .true, "the search itself has succeeded")

    var other = ended { world, run in
      world.sweep.spec.register?.artifact = "classifier"
      world.models[run] = [Self.model]
    }
    other.settle()
    #expect(other.condition("Registered")?.message.contains("it logged model") == true)
  }

  @Test("the best run says why it won, and a later one takes its place")
  func explains() throws {
    var world = ended { $0.models[$1] = [Self.model] }
    world.settle()
    let first = try #require(world.runs.first { $0.place?.trial == 1 })
    #expect(first.tags[SweepKeys.Tag.best] == "highest auc (0.7) of 2 trials; next is trial 0 with 0.5")
    world.sweep.spec.trials?.max = 3
    world.sweep.metadata.generation = 2
    world.settle()
    world.succeed("churn-2", ["auc": 0.9])
    world.models[world.runs.first { $0.place?.trial == 2 }?.id ?? ""] = [Self.model]
    world.settle()
    #expect(world.runs.first { $0.id == first.id }?.tags[SweepKeys.Tag.best] == "superseded by trial 2")
    #expect(world.versions.count == 2, "a better run is another version")
    #expect(world.status.registered?.version == "2")
  }
}
