public import CRDTypes
public import FoundationEssentials

/// Decides about TrainingSweeps: which runs and Jobs are to be made, what became of trials, and when it is enough.
///
/// Every trial goes through the same steps, each of which survives the death of the operator right after it: the
/// MLflow run is created (found again by its tags), then the Job (its name is a function of sweep, trial and
/// attempt), and at the end the outcome is recorded in tags of the run before the Job may go.
public struct SweepPlanner: Planner {
  public typealias Resource = TrainingSweep
  public typealias Observation = SweepObservation
  public typealias Record = SweepRecord

  /// What the operator's configuration decides for all sweeps.
  public struct Settings: Sendable, Hashable {
    /// Whether trials get the defaults of the `restricted` Pod Security Standard where their template is silent.
    public var restrictsPods = true
    /// How long the deletion of a sweep waits for an MLflow that does not answer.
    public var closingDeadline: Duration = .seconds(60)
    /// How soon an MLflow that did not answer is asked again.
    public var trackingRetry: Duration = .seconds(10)
    /// How soon a Job that was refused for a reason outside the sweep is tried again.
    public var refusalRetry: Duration = .seconds(30)
    /// New runs in one plan at most; the others follow at once in the next.
    public var greatestBatch = 32
    /// Seconds from the start of a trial to the plan that sees to what can wait: successes to be recorded, and a status
    /// that counts the new trial. Trials that start meanwhile put it off.
    public var quietDelay = 0.5
    /// Successes that one plan records at most while trials are under way: a trial that ends meanwhile waits for it.
    public var greatestRecords = 8
    /// Successes that wait to be recorded at most while trials start.
    public var greatestBacklog = 1000

    public init() {}
  }

  public var settings: Settings

  public init(settings: Settings = Settings()) { self.settings = settings }

  /// The MLflow experiment that holds a sweep's runs.
  public static func experimentName(of sweep: TrainingSweep) -> String {
    sweep.spec.tracking?.experiment ?? "\(sweep.metadata.namespace ?? "")/\(sweep.metadata.name ?? "")"
  }

  public func plan(
    _ sweep: TrainingSweep, observing observation: SweepObservation, at now: Date
  ) -> Plan<TrainingSweep.Status, SweepRecord> {
    if sweep.metadata.deletionTimestamp != nil {
      return SweepClosing(sweep: sweep, settings: settings, observation: observation, now: now).plan()
    }
    let design: SweepDesign
    do {
      if let known = observation.settled.design(for: sweep) { design = known } else { design = try SweepDesign(sweep) }
    } catch {
      return refuse(sweep, error, now)
    }
    let isHeld = sweep.metadata.finalizers?.contains(SweepKeys.finalizer) == true
    let access: SweepObservation.Access
    switch observation.tracking {
    case .available(let available): access = available
    case .unavailable(let reason, let message):
      return wait(sweep, design, observation, reason, message, now)
    }
    guard let experimentID = observation.experimentID else {
      let name = Self.experimentName(of: sweep)
      var status = sweep.status ?? TrainingSweep.Status()
      SweepConditions.set(
        &status, sweep, now, ready: .false, "Starting", "the MLflow experiment \(name) is being created",
        isReconciling: true)
      return Plan(
        steps: (isHeld ? [] : [.finalizer(SweepKeys.finalizer, present: true)])
          + [.record(.createExperiment(name: name))],
        status: status, next: .after(.zero))
    }
    let warm: WarmHistory
    do {
      warm = try WarmHistory(observation.earlier, design, before: SweepPass.begin(sweep, observation))
    } catch {
      return hold(sweep, error, now)
    }
    var pass = SweepPass(
      sweep: sweep, design: design, settings: settings, access: access, experimentID: experimentID, now: now,
      observation: observation, warm: warm)
    if !isHeld { pass.steps.append(.finalizer(SweepKeys.finalizer, present: true)) }
    return pass.run()
  }

  /// The plan where the API server does not take a Job that a plan has asked for.
  ///
  /// - Parameter isFinal: whether only another template can help. A quota, an admission policy or a missing right is
  ///   not in the sweep: the Job is tried again.
  public func refused(
    _ sweep: TrainingSweep, because message: String, isFinal: Bool, at now: Date
  ) -> Plan<TrainingSweep.Status, SweepRecord> {
    let text = "a trial's Job is refused, so none is started: \(message)"
    if isFinal { return refuse(sweep, TrialProblem("TemplateRefused", text), now) }
    var status = sweep.status ?? TrainingSweep.Status()
    let isNew = status.conditions?["Ready"]?.reason != "JobRefused"
    SweepConditions.set(&status, sweep, now, ready: .false, "JobRefused", text, isReconciling: true)
    let event = EventDraft(.warning, reason: "JobRefused", action: "CreateJob", note: text)
    return Plan(status: status, events: isNew ? [event] : [], next: .after(settings.refusalRetry))
  }

  /// The spec cannot be acted on: what exists is left alone until it changes.
  private func refuse(
    _ sweep: TrainingSweep, _ problem: TrialProblem, _ now: Date
  ) -> Plan<TrainingSweep.Status, SweepRecord> {
    var status = sweep.status ?? TrainingSweep.Status()
    let isNew = status.conditions?["Stalled"]?.reason != problem.reason
    SweepConditions.set(&status, sweep, now, ready: .false, problem.reason, problem.message, isStalled: true)
    let event = EventDraft(.warning, reason: problem.reason, action: "Validate", note: problem.message)
    return Plan(status: status, events: isNew ? [event] : [])
  }

  /// The search cannot begin yet: something that the spec names is not there or not ready.
  private func hold(
    _ sweep: TrainingSweep, _ problem: TrialProblem, _ now: Date
  ) -> Plan<TrainingSweep.Status, SweepRecord> {
    var status = sweep.status ?? TrainingSweep.Status()
    let isNew = status.conditions?["Ready"]?.reason != problem.reason
    let isFinal = problem.reason == "WarmStartMismatch"
    SweepConditions.set(
      &status, sweep, now, ready: .false, problem.reason, problem.message, isReconciling: !isFinal, isStalled: isFinal)
    let event = EventDraft(
      isFinal ? .warning : .normal, reason: problem.reason, action: "Start", note: problem.message)
    return Plan(status: status, events: isNew ? [event] : [])
  }

  /// MLflow does not answer. Running trials go on; only a pause can be carried out, since it needs no record: a run
  /// whose Job is gone counts as disrupted.
  private func wait(
    _ sweep: TrainingSweep, _ design: SweepDesign, _ observation: SweepObservation, _ reason: String,
    _ message: String, _ now: Date
  ) -> Plan<TrainingSweep.Status, SweepRecord> {
    var status = sweep.status ?? TrainingSweep.Status()
    if sweep.hasEnded {
      // Nothing is asked of MLflow but what is due with the Jobs' time to live, so nothing is wrong with the sweep.
      return Plan(status: status, next: observation.jobs.isEmpty ? .whenChanged : .after(settings.trackingRetry))
    }
    let isNew = status.conditions?["Ready"]?.reason != reason
    let text = "MLflow cannot be reached, so no trial is started or concluded: \(message)"
    SweepConditions.set(&status, sweep, now, ready: .false, reason, text, isReconciling: true)
    var steps: [Plan<TrainingSweep.Status, SweepRecord>.Step] = []
    if sweep.spec.suspend == true {
      for job in observation.jobs where job.isLive && !job.isDeleting {
        steps.append(.delete(job.reference(sweep), uid: job.uid))
      }
    }
    let event = EventDraft(.warning, reason: reason, action: "Track", note: text)
    return Plan(
      steps: steps, status: status, events: isNew ? [event] : [], next: .after(settings.trackingRetry))
  }
}

extension TrainingSweep {
  /// Whether status says, of the spec as it is, that the sweep has ended.
  fileprivate var hasEnded: Bool {
    guard let status, status.completionTime != nil, let end = status.conditions?["Succeeded"] else { return false }
    return end.status != .unknown && end.observedGeneration == metadata.generation
      && status.observedGeneration == metadata.generation
  }
}

extension TrialJob {
  func reference(_ sweep: TrainingSweep) -> ObjectReference {
    ObjectReference(.job, ObjectKey(namespace: sweep.metadata.namespace, name: name))
  }
}
