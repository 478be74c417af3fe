import CRDTypes
import FoundationEssentials
import JSON
import Testing

@testable import Planning

@Suite("A sweep that cannot go on")
struct SweepTroubleTests {
  @Test("suspending frees the GPUs at once, counts as no failure, and is taken up with the same parameters")
  func suspend() {
    var world = startedWorld()
    world.succeed("churn-0", ["auc": 0.5])
    world.settle()
    world.sweep.spec.suspend = true
    world.settle()
    #expect(world.live.isEmpty)
    #expect(world.condition("Suspended")?.status == .true)
    #expect(world.status.trials?.failed == 0)
    #expect(world.status.best?.trial == 0)
    let parameters = world.runs[1].tags[SweepKeys.Tag.parameters]
    world.sweep.spec.suspend = false
    world.settle()
    #expect(world.live.map(\.name) == ["churn-1-r1", "churn-2-r1", "churn-3-r1"])
    #expect(world.live.first.map { JSONValue($0.parameters).text() } == parameters)
    #expect(world.condition("Suspended") == nil)
  }

  @Test("a trial is not run again while the Job of its last attempt is still being taken down")
  func noOverlap() {
    var world = startedWorld { $0.spec.trials?.parallel = 1 }
    world.deletesSlowly = true
    world.sweep.spec.suspend = true
    world.settle()
    world.sweep.spec.suspend = false
    world.settle()
    #expect(world.jobs.map(\.name) == ["churn-0"])
    world.jobs.removeAll()
    world.settle()
    #expect(world.jobs.map(\.name) == ["churn-0-r1"])
  }

  @Test("without MLflow nothing is started or concluded, and what status says stays")
  func trackingDown() {
    var world = startedWorld()
    world.succeed("churn-0", ["auc": 0.5])
    world.settle()
    let before = world.status
    world.trackingIsUp = false
    world.fail("churn-1")
    world.settle()
    #expect(world.condition("Ready")?.reason == "TrackingUnavailable")
    #expect(world.status.best == before.best)
    #expect(world.status.trials == before.trials)
    #expect(world.plan().next == .after(.seconds(10)))
    world.trackingIsUp = true
    world.settle()
    #expect(world.status.trials?.failed == 1)
  }

  @Test(
    "every algorithm searches, and status says which it is",
    arguments: TrainingSweep.Algorithm.allCases.filter { $0 != .grid && $0 != .auto })
  func algorithm(_ algorithm: TrainingSweep.Algorithm) {
    let world = startedWorld {
      $0.spec.search = .init(algorithm: algorithm, hyperband: algorithm == .hyperband ? .init(maxSteps: 9) : nil)
    }
    #expect(world.status.search?.algorithm == algorithm.rawValue)
    #expect(world.live.count == 3)
  }

  @Test("a sweep that has ended is as it was while MLflow does not answer")
  func endedWithoutTracking() {
    var world = startedWorld { $0.spec.objective?.target = "0.9" }
    world.succeed("churn-0", ["auc": 0.95])
    world.settle()
    #expect(world.condition("Ready")?.status == .true)
    let status = world.status
    let writes = world.statusWrites
    world.trackingIsUp = false
    world.reconcile()
    #expect(world.status == status && world.statusWrites == writes)
    world.sweep.metadata.generation = 2
    world.reconcile()
    #expect(world.condition("Ready")?.status == .false)
  }

  @Test("a Job that a quota or a policy refuses is tried again, and one that is invalid is not")
  func refusedJob() {
    let sweep = testSweep()
    let now = Date(timeIntervalSince1970: 1_800_000_000)
    let planner = SweepPlanner()
    let held = planner.refused(sweep, because: "exceeded quota: jobs", isFinal: false, at: now)
    #expect(held.status.conditions?["Reconciling"]?.message.contains("exceeded quota: jobs") == true)
    #expect(held.next == .after(.seconds(30)) && held.events.count == 1)
    var known = sweep
    known.status = held.status
    #expect(planner.refused(known, because: "exceeded quota: jobs", isFinal: false, at: now).events.isEmpty)
    let final = planner.refused(sweep, because: "image: required", isFinal: true, at: now)
    #expect(final.status.conditions?["Stalled"]?.reason == "TemplateRefused" && final.next == .whenChanged)
  }

  @Test("fields without effect are named")
  func unsupported() {
    let world = startedWorld {
      $0.spec.featureSet = .init(name: "users", labels: .init(table: "churned", timestamp: "at"))
    }
    let condition = world.condition("FieldsNotSupported")
    #expect(condition?.status == .true)
    #expect(condition?.message.contains("spec.featureSet") == true)
  }

  struct Mistake: Sendable, CustomTestStringConvertible {
    let field: String
    let make: @Sendable (inout TrainingSweep) -> Void
    var testDescription: String { field }

    init(_ field: String, _ make: @escaping @Sendable (inout TrainingSweep) -> Void) {
      self.field = field
      self.make = make
    }
  }

  @Test(
    "a spec that cannot be is a message with the field",
    arguments: [
      Mistake("spec.parameters") { $0.spec.parameters = [.init(name: "x", int: .init(min: 2, max: 1))] },
      Mistake("spec.template") { $0.spec.template = [:] },
      Mistake("spec.trials.timeout") { $0.spec.trials?.timeout = "soon" },
      Mistake("spec.objectives") { $0.spec.objective = nil },
      Mistake("spec.search.points[0]") { $0.spec.search?.points = [["depth": "99"]] },
      Mistake("parameter x") {
        $0.spec.parameters = [
          .init(name: "x", int: .init(min: 1, max: 2), when: .init(parameter: "b", in: ["no"])),
          .init(name: "b", categorical: .init(choices: ["yes"])),
        ]
      },
    ])
  func invalid(_ mistake: Mistake) {
    let world = startedWorld(mistake.make)
    #expect(world.condition("Stalled")?.message.contains(mistake.field) == true)
    #expect(world.condition("Ready")?.status == .false)
    #expect(world.jobs.isEmpty)
    #expect(world.events.count == 1)
  }

  @Test("deletion takes the Jobs down, closes the runs and lets the sweep go")
  func deletion() {
    var world = startedWorld()
    world.sweep.metadata.deletionTimestamp = Timestamp.text(world.now)
    world.reconcile()
    #expect(world.jobs.isEmpty)
    #expect(world.runs.allSatisfy { $0.status == .killed && $0.tags[SweepKeys.Tag.outcome] == "Stopped" })
    #expect(world.sweep.metadata.finalizers == [])
    let goesOn = world.reconcile()
    #expect(!goesOn)
  }

  @Test("deletion waits for MLflow only so long")
  func deletionDeadline() {
    var world = startedWorld()
    world.trackingIsUp = false
    world.sweep.metadata.deletionTimestamp = Timestamp.text(world.now)
    world.reconcile()
    #expect(world.jobs.isEmpty)
    #expect(world.sweep.metadata.finalizers == [SweepKeys.finalizer])
    world.pass(60)
    world.reconcile()
    #expect(world.sweep.metadata.finalizers == [])
    #expect(world.events.contains { $0.reason == "CleanupDeferred" })
  }

  @Test("status stays small however many trials there are")
  func boundedStatus() throws {
    var world = startedWorld { $0.spec.trials = .init(max: 120, parallel: 40) }
    for round in 0..<10 {
      for job in world.live {
        if (job.trial + round) % 2 == 0 {
          world.fail(job.name, log: String(repeating: "x", count: 9000))
        } else {
          world.succeed(job.name, ["auc": 0.5])
        }
      }
      world.settle()
    }
    #expect(world.status.trials?.planned == 120)
    #expect((world.status.failures?.count ?? 0) <= 5 && (world.status.top?.count ?? 0) <= 5)
    #expect(try JSONValue(encoding: world.status).bytes().count < 20_000)
  }
}
