import CRDTypes
import ControllerKit
import JSON
import KubernetesAPI
import Observability
import Planning

/// Brings TrainingSweeps about.
struct SweepController: Sendable {
  static let name = "training-sweep"

  let gather: SweepGather
  let planner: SweepPlanner
  let shell: ApplyShell
  let time: any TimeSource
  /// How often the metrics of running trials are read, where a rule stops trials by them.
  let curveInterval: Duration

  /// How often a result that should be there is looked for.
  private static let metricPoll: Duration = .seconds(2)

  private var caches: Caches { gather.caches }

  func sources() -> [Source] {
    let jobs = caches.jobs
    return [
      .primary(caches.sweeps),
      .mapped(jobs) { change in change.isNewlyMade ? [] : change.controllers(of: TrainingSweep.type) },
      .referenced(caches.sweeps, from: caches.sweeps, index: Caches.byEarlierSweep),
      .external { [watch = curveWatch] enqueue in try await watch.run(enqueue) },
      .mapped(caches.pods) { change in
        guard change.changesPodState else { return [] }
        return change.controllers(of: .job).flatMap { key in
          Informer.Change(key: key, old: nil, new: jobs.object(key)).controllers(of: TrainingSweep.type)
        }
      },
    ]
  }

  private var curveWatch: CurveWatch {
    CurveWatch(store: gather.curves, stores: gather.stores, time: time, interval: curveInterval)
  }

  func reconcile(_ key: ObjectKey, _ context: ReconcileContext) async throws -> Next {
    guard let cached = caches.sweeps.object(key) else {
      gather.forget(key)
      return .whenChanged
    }
    let object = shell.newest(of: cached, type: TrainingSweep.type)
    let sweep = try gather.decoded.sweep(object)
    var reading = try await gather.read(sweep)
    let plan = planner.plan(sweep, observing: reading.observation, at: time.date)
    do {
      let next = try await carryOut(plan, for: object, reading.store)
      if reading.observation.awaitsMetrics { return next.earliest(.after(Self.metricPoll)) }
      let isQueued = sweep.spec.queue != nil && reading.observation.awaitsAdmission
      return isQueued ? next.earliest(.after(WorkloadReader.lifetime)) : next
    } catch let error as APIError where error.isRefusal && error.path.hasSuffix("/jobs") {
      gather.trials.views.forget(key)
      context.log.warning("The API server refused a Job", ["error": .string(error.message)])
      let plan = planner.refused(sweep, because: error.message, isFinal: error.isInvalid, at: time.date)
      return try await carryOut(plan, for: object, nil)
    } catch {
      // What came of the plan is not known.
      gather.trials.views.forget(key)
      guard let trouble = TrackingTrouble(error) else { throw error }
      context.log.warning(
        "MLflow refused a change", ["reason": .string(trouble.reason), "error": .string(trouble.message)])
      // The status is to say so; what was done before the refusal is found again next time.
      reading.observation.tracking = .unavailable(reason: trouble.reason, message: trouble.message)
      let plan = planner.plan(sweep, observing: reading.observation, at: time.date)
      return try await carryOut(plan, for: object, nil)
    }
  }

  private func carryOut(
    _ plan: Plan<TrainingSweep.Status, SweepRecord>, for object: DynamicObject, _ store: (any RunStore)?
  ) async throws -> Next {
    let views = gather.trials.views
    let key = object.key
    return try await shell.carryOut(plan, for: object, type: TrainingSweep.type) { created in
      guard created.kind == ResourceType.job.kind, let job = TrialJob(reading: created, pods: []) else { return }
      views.change(key) { $0.add(job) }
    } record: { record in
      guard let store else {
        throw TrackingTrouble(reason: "TrackingUnavailable", message: "MLflow is not reachable")
      }
      let made = try await store.carryOut(record, for: key.description, looksFirst: !views.isCurrent(key))
      switch record {
      case .createRun(let run):
        if let made { views.change(key) { $0.add(RunRecord(made: run, id: made)) } }
      case .log(let id, _, _, _), .updateRun(let id, _, _): views.change(key) { $0.note(run: id) }
      case .createExperiment, .register: break
      }
      return made
    }
  }
}

extension Informer.Change {
  /// Whether it is a Job that nobody has looked at yet: whoever made it knows of it.
  fileprivate var isNewlyMade: Bool {
    guard old == nil, let new, !new.isDeleting else { return false }
    return new.status["startTime"] == nil && new.status["conditions"] == nil
  }

  /// Whether a pod's change can matter: its phase, containers or conditions, its address, or its end.
  var changesPodState: Bool {
    guard let old, let new else { return true }
    return old.status != new.status || old.isDeleting != new.isDeleting || old.labels != new.labels
  }
}
