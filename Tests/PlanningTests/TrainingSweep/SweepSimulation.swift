import CRDTypes
import FoundationEssentials
import Search
import Testing

@testable import Planning

/// Whole sweeps in a world that goes wrong in every way at once.
@Suite("A sweep in a hostile world")
struct SweepSimulation {
  /// What a seed makes of the world.
  struct Hostility {
    var failure = 15
    var disruption = 10
    var noMetric = 5
    var notANumber = 5
    var lostJob = 4
    var eviction = 5
    var lateMetric = 10
    var death = 30
    var trackingDown = 5
    var suspension = 3
  }

  private func check(_ world: SweepWorld, parallel: Int) {
    let live = Set(world.live.map(\.trial))
    #expect(live.count <= parallel, "no more than \(parallel) trials at a time")
    let names = world.jobs.map(\.name)
    #expect(Set(names).count == names.count)
    let places = world.runs.filter { $0.fold == nil }.compactMap { $0.place.map { "\($0.trial)/\($0.attempt)" } }
    #expect(Set(places).count == places.count, "one run for each attempt")
    let attempts = world.jobs.map { "\($0.trial)/\($0.attempt)" }
    #expect(Set(attempts).count == attempts.count, "one Job for each attempt")
    #expect(Set(world.live.map(\.trial)).count == world.live.count, "one Job at work for each trial")
    if let counts = world.status.trials {
      let sum = counts.queued + counts.running + counts.succeeded + counts.stopped + counts.failed
      #expect(sum <= counts.planned)
    }
  }

  /// The best of what is recorded, worked out in the plainest way.
  private func trueBest(_ world: SweepWorld) -> Int? {
    var best: (value: Double, trial: Int)?
    for run in world.runs {
      guard run.tags[SweepKeys.Tag.outcome] == "Succeeded", run.tags[SweepKeys.Tag.violation] == nil,
        let value = run.tags[SweepKeys.Tag.value].flatMap(Double.init), let trial = run.place?.trial
      else { continue }
      if let current = best, current.value > value || (current.value == value && current.trial < trial) { continue }
      best = (value, trial)
    }
    return best?.trial
  }

  /// A sweep of any kind, as a seed has it.
  private func anySweep(_ stream: inout RandomStream, parallel: Int) -> TrainingSweep {
    testSweep {
      $0.metadata.finalizers = nil
      $0.spec.trials = .init(
        max: Int64(1 + stream.index(below: 15)), parallel: Int64(parallel), retries: Int64(stream.index(below: 3)),
        timeout: "1h")
      $0.spec.keepJobs = ["0s", "10m", "1h"][stream.index(below: 3)]
      $0.spec.constraints = stream.index(below: 2) == 0 ? nil : [.init(metric: "latency", max: "20")]
      $0.spec.search?.algorithm = [.random, .tpe, .sobol, .cmaes, .auto][stream.index(below: 5)]
      $0.spec.onFinish = stream.index(below: 2) == 0 ? .drain : .stop
      if stream.index(below: 3) == 0 { $0.spec.objective?.target = "0.9" }
      if stream.index(below: 4) == 0 { $0.spec.trials?.maxFailed = 2 }
      if stream.index(below: 4) == 0 {
        $0.spec.gpus = .init(perTrial: 2)
        $0.spec.budget = .init(gpuHours: "1.5")
      }
      switch stream.index(below: 6) {
      case 0: $0.spec.earlyStopping = .init(asha: .init(minSteps: 1, reductionFactor: 2))
      case 1: $0.spec.earlyStopping = .init(patience: .init(steps: 2))
      case 2: $0.spec.crossValidation = .init(folds: 2)
      default: break
      }
    }
  }

  /// A plan is the same whether settled trials are looked at or set apart.
  private func checkSettled(_ world: inout SweepWorld, _ seed: Int) {
    world.setsSettledApart = false
    let plain = world.plan()
    world.setsSettledApart = true
    let apart = world.plan()
    #expect(plain.status == apart.status, "seed \(seed)")
    #expect(plain.events == apart.events, "seed \(seed)")
    #expect(plain.next == apart.next, "seed \(seed)")
    #expect(isSame(plain.steps, apart.steps), "seed \(seed)")
  }

  /// Whether steps ask for the same; what follows on a thing's name is asked for with the same name.
  private func isSame(_ left: [SweepPlan.Step], _ right: [SweepPlan.Step]) -> Bool {
    left.count == right.count
      && zip(left, right).allSatisfy { pair in
        switch pair {
        case (.record(let one), .record(let other)): one == other
        case (.make(let one, let then), .make(let other, let otherwise)):
          one == other && isSame(then("run"), otherwise("run"))
        case (.together(let one), .together(let other)):
          one.count == other.count && zip(one, other).allSatisfy(isSame)
        case (.create(let one), .create(let other)), (.apply(let one), .apply(let other)): one == other
        case (.patch(let one, let patch), .patch(let other, let change)): one == other && patch == change
        case (.delete(let one, let uid), .delete(let other, let its)): one == other && uid == its
        case (.finalizer(let one, let isThere), .finalizer(let other, let its)): one == other && isThere == its
        default: false
        }
      }
  }

  private typealias SweepPlan = Plan<TrainingSweep.Status, SweepRecord>

  /// What a job does next.
  private func act(
    _ world: inout SweepWorld, _ job: TrialJob, _ hostility: Hostility, _ stream: inout RandomStream
  ) {
    func chance(_ percent: Int) -> Bool { stream.index(below: 100) < percent }
    if job.isDeleting {
      world.jobs.removeAll { $0.name == job.name }
    } else if chance(hostility.failure) {
      world.fail(job.name, log: "boom")
    } else if chance(hostility.disruption) {
      world.fail(job.name, isDisruption: true)
    } else if chance(hostility.lostJob) {
      world.jobs.removeAll { $0.name == job.name }
    } else if job.state != .running {
      world.start(job.name)
    } else if chance(hostility.eviction) {
      world.evict(job.name)
    } else if world.sweep.spec.earlyStopping != nil, chance(60) {
      let step = Int64(world.curves[job.trial]?.count ?? 0) + (chance(20) ? 0 : 1)
      world.curves[job.trial, default: [:]][step] = chance(hostility.notANumber) ? .nan : stream.uniform()
    } else {
      func metrics() -> [String: Double] {
        let value = chance(hostility.notANumber) ? Double.nan : (stream.uniform() * 20).rounded() / 20
        return chance(hostility.noMetric) ? ["loss": 1] : ["auc": value, "latency": stream.uniform() * 30]
      }
      if world.sweep.spec.crossValidation != nil {
        world.succeed(job.name, folds: chance(hostility.noMetric) ? [metrics()] : [metrics(), metrics()])
      } else if chance(hostility.lateMetric) {
        world.succeed(job.name, [:])
        world.late.append((job.name, metrics()))
      } else {
        world.succeed(job.name, metrics())
      }
    }
  }

  @Test("ends with the best of its results and nothing left open", arguments: 0..<50)
  func ends(batch: Int) throws {
    for seed in (batch * 40)..<(batch * 40 + 40) { try end(seed: seed) }
  }

  private func end(seed: Int) throws {
    var stream = RandomStream(seed: 11, number: UInt64(seed))
    let parallel = 1 + stream.index(below: 5)
    let hostility = Hostility()
    var world = SweepWorld(anySweep(&stream, parallel: parallel))
    world.deletesSlowly = true
    func chance(_ percent: Int) -> Bool { stream.index(below: 100) < percent }
    var rounds = 0
    while world.condition("Succeeded")?.status != .true, world.condition("Succeeded")?.status != .false {
      rounds += 1
      try #require(rounds < 3000, "the sweep of seed \(seed) ends")
      world.trackingIsUp = !chance(hostility.trackingDown)
      if chance(hostility.suspension) {
        world.sweep.spec.suspend = world.sweep.spec.suspend == true ? nil : true
        world.sweep.metadata.generation = (world.sweep.metadata.generation ?? 1) + 1
      }
      let runs = world.runs.count
      let used = world.gpuSeconds
      if seed % 8 == 0, rounds % 3 == 0 { checkSettled(&world, seed) }
      world.reconcile(dyingAfter: chance(hostility.death) ? stream.index(below: 4) : nil)
      if world.sweep.spec.budget != nil, used >= 1.5 * 3600 {
        #expect(world.runs.count == runs, "no trial is started once the budget is used up (seed \(seed))")
      }
      check(world, parallel: parallel)
      world.pass(Double(stream.index(below: 30)))
      for job in world.live where chance(40) { act(&world, job, hostility, &stream) }
      if chance(50) { world.deliverLate() }
      if chance(60) { world.pass(Double(stream.index(below: 300))) }
    }
    world.trackingIsUp = true
    world.deletesSlowly = false
    world.jobs.removeAll(where: \.isDeleting)
    world.pass(120)
    let settled = world.settle()
    #expect(settled, "nothing goes on after the end (seed \(seed))")
    world.pass(7200)
    let settledAgain = world.settle()
    #expect(settledAgain)
    #expect(world.jobs.isEmpty, "finished Jobs are gone after keepJobs (seed \(seed))")
    #expect(world.runs.allSatisfy { $0.status.isOver }, "no run is left open (seed \(seed))")
    #expect(world.runs.allSatisfy { $0.fold != nil || $0.tags[SweepKeys.Tag.outcome] != nil })
    #expect(world.status.best.map { Int($0.trial) } == trueBest(world), "seed \(seed)")
    let counts = try #require(world.status.trials)
    #expect(counts.queued == 0 && counts.running == 0)
    #expect(
      counts.succeeded + counts.stopped + counts.failed == Int64(Set(world.runs.compactMap { $0.place?.trial }).count))
    #expect(world.plan().steps.isEmpty, "a plan that was carried out plans nothing more (seed \(seed))")
  }

  @Test(
    "comes to the same end however often the operator dies on the way",
    arguments: [TrainingSweep.Algorithm.tpe, .random])
  func deathChangesNothing(_ algorithm: TrainingSweep.Algorithm) throws {
    func run(dying: Bool) throws -> [String: [String: String]] {
      var world = SweepWorld(
        testSweep {
          $0.spec.search?.algorithm = algorithm
          $0.spec.trials = .init(max: 16, parallel: 1)
        })
      var deaths = 0
      for _ in 0..<400 {
        if dying { deaths += 1 }
        world.reconcile(dyingAfter: dying && deaths % 3 != 0 ? deaths % 2 : nil)
        for job in world.live {
          let depth = job.parameters["depth"].flatMap(Double.init) ?? 0
          world.succeed(job.name, ["auc": depth / 12])
        }
        if world.condition("Succeeded") != nil { break }
      }
      #expect(world.condition("Succeeded")?.status == .true)
      return Dictionary(uniqueKeysWithValues: world.runs.map { ($0.tags[SweepKeys.Tag.runName] ?? "", $0.parameters) })
    }
    #expect(try run(dying: true) == run(dying: false))
  }

  @Test("the operator may die after any step of any plan", arguments: 0..<12)
  func everyStep(limit: Int) throws {
    var world = SweepWorld(testSweep { $0.spec.trials = .init(max: 4, parallel: 4, retries: 1) })
    for round in 0..<100 {
      // Dies in every other pass, so that steps after the limit come about too.
      world.reconcile(dyingAfter: round % 2 == 0 ? limit : nil)
      check(world, parallel: 4)
      for job in world.live {
        if job.trial == 2, job.attempt == 0 { world.fail(job.name) } else { world.succeed(job.name, ["auc": 0.5]) }
      }
    }
    #expect(world.status.trials?.succeeded == 4)
    #expect(world.status.best?.trial == 0, "of equal values the earliest is the best")
  }
}
