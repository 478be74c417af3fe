import CRDTypes
import FoundationEssentials
import JSON
import Search

@testable import Planning

/// A sweep, with what tests mostly vary.
func testSweep(_ change: (inout TrainingSweep) -> Void = { _ in }) -> TrainingSweep {
  var metadata = ObjectMeta(name: "churn", namespace: "ml")
  metadata.uid = "sweep-uid"
  metadata.generation = 1
  metadata.finalizers = [SweepKeys.finalizer]
  let spec = TrainingSweep.Spec(
    objective: .init(metric: "auc", goal: .maximize),
    parameters: [
      .init(name: "lr", double: .init(min: "0.001", max: "0.3", scale: .log)),
      .init(name: "depth", int: .init(min: 2, max: 12)),
    ],
    search: .init(algorithm: .tpe, seed: 7),
    trials: .init(max: 8, parallel: 3),
    template: ["spec": ["containers": [["name": "train", "image": "train:1", "args": ["--lr=$(lr)"]]]]])
  var sweep = TrainingSweep(metadata: metadata, spec: spec)
  change(&sweep)
  return sweep
}

/// A world in which the sweep has been brought as far as it comes by itself: its first Jobs are there.
func startedWorld(_ change: (inout TrainingSweep) -> Void = { _ in }) -> SweepWorld {
  var world = SweepWorld(testSweep(change))
  world.experimentID = "1"
  world.settle()
  return world
}

/// A cluster and an MLflow of values: carries plans out, and makes Jobs run, end and vanish as a seed says.
struct SweepWorld {
  var sweep: TrainingSweep
  var jobs: [TrialJob] = []
  var runs: [RunRecord] = []
  var experimentID: String?
  var trackingIsUp = true
  var deletesSlowly = false
  var now = Date(timeIntervalSince1970: 1_800_000_000)
  var planner = SweepPlanner()
  var events: [EventDraft] = []
  var statusWrites = 0
  /// What training code has logged so far, by trial.
  var curves: [Int: [Int64: Double]] = [:]
  var earlier: [EarlierSweep] = []
  /// The models that runs have logged, by run.
  var models: [String: [RegistryObservation.Model]] = [:]
  /// The registry: versions of the one registered model.
  var versions: [SweepRegistration] = []
  /// The version that the alias points at.
  var alias: Int?
  var service: DynamicObject?
  /// Metrics that are still on their way to MLflow, by Job.
  var late: [(job: String, metrics: [String: Double])] = []
  /// The Jobs that were created, as they were asked for.
  var manifests: [DynamicObject] = []
  /// Whether the planner is given settled trials apart, as the operator does.
  var setsSettledApart = false
  private var serial = 0

  init(_ sweep: TrainingSweep) { self.sweep = sweep }

  var observation: SweepObservation {
    var out = SweepObservation(
      jobs: jobs, runs: trackingIsUp ? runs : [],
      tracking: trackingIsUp
        ? .available(.init(trackingURI: "http://mlflow:5000"))
        : .unavailable(reason: "TrackingUnavailable", message: "refused"),
      experimentID: experimentID)
    guard trackingIsUp else { return out }
    if setsSettledApart, sweep.metadata.deletionTimestamp == nil {
      out.settled = SettledTrials(of: sweep)
      out.settled.take(from: &out.jobs, &out.runs, at: now)
    }
    out.curves = curves.mapValues { LearningCurve($0.map { (step: $0.key, value: $0.value) }) }
    out.earlier = earlier
    out.service = service
    if let register = sweep.spec.register, status.conditions?["Succeeded"] != nil, let run = status.best?.runID {
      let number = versions.lastIndex { $0.identity[SweepRegistration.runTag] == run }.map { $0 + 1 }
      out.registry = RegistryObservation(
        runID: run, models: models[run] ?? [],
        version: number.map { .init(number: $0, aliases: alias == $0 ? [register.alias ?? ""] : []) })
    }
    return out
  }

  func plan() -> Plan<TrainingSweep.Status, SweepRecord> { planner.plan(sweep, observing: observation, at: now) }

  /// Plans and carries out, dying after `limit` steps: then neither status nor events are written. True if anything
  /// was changed.
  @discardableResult
  mutating func reconcile(dyingAfter limit: Int? = nil) -> Bool {
    let plan = plan()
    var left = limit ?? .max
    guard carryOut(plan.steps, &left) else { return true }
    events += plan.events
    let changed = sweep.status != plan.status
    if changed { statusWrites += 1 }
    sweep.status = plan.status
    return changed || !plan.steps.isEmpty
  }

  /// Carries out steps, lanes one after another; false where `left` were not enough.
  private mutating func carryOut(
    _ steps: [Plan<TrainingSweep.Status, SweepRecord>.Step], _ left: inout Int
  ) -> Bool {
    for step in steps {
      if case .together(let lanes) = step {
        for lane in lanes where !carryOut(lane, &left) { return false }
        continue
      }
      guard left > 0 else { return false }
      left -= 1
      if case .make(let record, let then) = step {
        guard carryOut(then(apply(record) ?? ""), &left) else { return false }
      } else {
        apply(step)
      }
    }
    return left > 0
  }

  /// Reconciles until nothing changes; false where that does not come to an end.
  @discardableResult
  mutating func settle() -> Bool {
    for _ in 0..<50 where !reconcile() { return true }
    return false
  }

  mutating func apply(_ step: Plan<TrainingSweep.Status, SweepRecord>.Step) {
    switch step {
    case .record(let record): _ = apply(record)
    case .create(let job): create(job)
    case .delete(let reference, let uid): delete(reference.key.name, uid)
    case .finalizer(let name, let present):
      var finalizers = (sweep.metadata.finalizers ?? []).filter { $0 != name }
      if present { finalizers.append(name) }
      sweep.metadata.finalizers = finalizers
    case .apply(let object):
      precondition(object.kind == "Service", "a sweep applies its Service alone")
      service = object
    case .patch, .make, .together: preconditionFailure("a sweep plans none of these here")
    }
  }

  /// Returns the name of what was made.
  private mutating func apply(_ record: SweepRecord) -> String? {
    switch record {
    case .createExperiment: experimentID = "1"
    case .createRun(let run):
      let there = runs.first { other in
        guard other.fold == nil, let place = other.place else { return false }
        return place.trial == run.trial && place.attempt == run.attempt
      }
      if let there { return there.id }
      serial += 1
      runs.append(RunRecord(made: run, id: "run-\(serial)"))
      return "run-\(serial)"
    case .updateRun(let id, let status, let end):
      change(id) {
        $0.status = status
        $0.endTime = end
      }
    case .register(let wanted):
      let there = versions.firstIndex { $0.identity == wanted.identity }
      if there == nil { versions.append(wanted) }
      if wanted.alias != nil { alias = (there ?? versions.count - 1) + 1 }
    case .log(let id, let metrics, let parameters, let tags):
      change(id) { run in
        for (name, value) in metrics { run.metrics[name] = .init(last: value) }
        for (name, value) in parameters {
          precondition(run.parameters[name] == nil || run.parameters[name] == value, "MLflow refuses another value")
          run.parameters[name] = value
        }
        run.tags.merge(tags) { $1 }
      }
    }
    return nil
  }

  mutating func change(_ id: String, _ body: (inout RunRecord) -> Void) {
    guard let index = runs.firstIndex(where: { $0.id == id }) else { return }
    body(&runs[index])
  }

  /// A Job at work is gone only when its pods are, where `deletesSlowly`.
  private mutating func delete(_ name: String, _ uid: String?) {
    guard let index = jobs.firstIndex(where: { $0.name == name && (uid == nil || uid == $0.uid) }) else { return }
    if deletesSlowly, jobs[index].isLive { jobs[index].isDeleting = true } else { jobs.remove(at: index) }
  }

  private mutating func create(_ job: DynamicObject) {
    guard !jobs.contains(where: { $0.name == job.name }) else { return }
    serial += 1
    manifests.append(job)
    var made = job
    made.json[path: "metadata", "uid"] = .string("job-\(serial)")
    made.json[path: "metadata", "creationTimestamp"] = .string(Timestamp.text(now))
    guard let read = TrialJob(reading: made, pods: []) else { return }
    jobs.append(read)
  }

  // What the cluster and the training code do.

  mutating func start(_ name: String) {
    change(job: name) { job, now in
      job.state = .running
      job.started = job.started ?? now
    }
  }

  /// The pods of a cross-validation end well, each with a run of its own that has logged these.
  mutating func succeed(_ name: String, folds: [[String: Double]]) {
    guard let job = jobs.first(where: { $0.name == name }), let parent = job.runID else { return }
    for (fold, metrics) in folds.enumerated() {
      serial += 1
      runs.append(
        RunRecord(
          id: "run-\(serial)", status: .finished, startTime: now,
          metrics: metrics.mapValues { .init(last: $0) },
          tags: [
            SweepKeys.Tag.trial: "\(job.trial)", SweepKeys.Tag.attempt: "\(job.attempt)",
            SweepKeys.Tag.fold: "\(fold)", SweepKeys.Tag.parent: parent,
          ]))
    }
    succeed(name, [:])
  }

  /// The training code ends well, having logged these.
  mutating func succeed(_ name: String, _ metrics: [String: Double]) {
    guard let runID = jobs.first(where: { $0.name == name })?.runID else { return }
    change(runID) { run in
      for (metric, value) in metrics { run.metrics[metric] = .init(last: value) }
      run.status = .finished
    }
    change(job: name) { job, now in
      job.started = job.started ?? now
      job.state = .succeeded
      job.finished = now
    }
  }

  mutating func fail(_ name: String, isDisruption: Bool = false, log: String? = nil) {
    change(job: name) { job, now in
      job.started = job.started ?? now
      job.state = .failed(TrialProblem("ExitCode", "container train exited with code 1"), isDisruption: isDisruption)
      job.finished = now
      job.logTail = log
    }
  }

  /// A queue takes the Job's admission back: its pods go, and it waits again.
  mutating func evict(_ name: String) {
    change(job: name) { job, now in
      if let started = job.started { job.pastSeconds += now.timeIntervalSince(started) }
      job.state = .queued
      job.started = nil
    }
  }

  /// Metrics that were on their way are in MLflow now.
  mutating func deliverLate() {
    for (name, metrics) in late {
      guard let runID = jobs.first(where: { $0.name == name })?.runID else { continue }
      change(runID) { run in
        for (metric, value) in metrics { run.metrics[metric] = .init(last: value) }
      }
    }
    late = []
  }

  /// GPU seconds that are recorded or known of Jobs.
  var gpuSeconds: Double {
    let recorded = runs.filter { $0.fold == nil }.compactMap { run -> Double? in
      (run.tags[SweepKeys.Tag.podSeconds] ?? run.tags[SweepKeys.Tag.seconds]).flatMap(Double.init)
    }
    let pods = Double(sweep.spec.crossValidation?.folds ?? 1)
    let open = jobs.filter { job in
      !runs.contains { $0.id == job.runID && $0.tags[SweepKeys.Tag.outcome] != nil }
    }.map { job in
      job.pastSeconds * pods + (job.started.map { max(0, (job.finished ?? now).timeIntervalSince($0)) } ?? 0)
    }
    return (recorded.reduce(0, +) + open.reduce(0, +)) * Double(sweep.spec.gpus?.perTrial ?? 0)
  }

  mutating func change(job name: String, _ body: (inout TrialJob, Date) -> Void) {
    guard let index = jobs.firstIndex(where: { $0.name == name }) else { return }
    body(&jobs[index], now)
  }

  mutating func pass(_ seconds: Double) { now = now.addingTimeInterval(seconds) }

  var status: TrainingSweep.Status { sweep.status ?? .init() }
  func condition(_ type: String) -> Condition? { status.conditions?[type] }
  var live: [TrialJob] { jobs.filter(\.isLive) }
}
