import CRDTypes
import FoundationEssentials
import JSON

/// How far the traffic is, and whether it may move on.
extension ServingPass {
  private var isPaused: Bool { spec.rollout?.paused == true }
  var isAborted: Bool { spec.rollout?.abort == true }

  mutating func advance(_ target: Target?) -> Progress {
    guard let target else { return Progress(phase: .steady) }
    guard let stable else { return advanceFirst(target) }
    if plan.status.stable == nil { plan.status.stable = stable.record }
    if target.name == stable.name {
      retireCandidate(unless: nil)
      (plan.status.failedRevision, plan.status.failedAttempt) = (nil, nil)
      return Progress(phase: .steady)
    }
    if isAborted, !target.isReturn {
      (plan.status.failedRevision, plan.status.failedAttempt) = (nil, nil)
      if plan.status.candidate != nil {
        tell(.warning, "RolloutAborted", "Abort", "spec.rollout.abort puts all traffic back on \(stable.name)")
      }
      retireCandidate(unless: nil)
      return Progress(phase: .aborted)
    }
    if plan.status.failedRevision?.name == target.name, plan.status.failedAttempt == attempt(of: target) {
      retireCandidate(unless: nil)
      return Progress(phase: .barred)
    }
    // Its pods would take requests as soon as they are ready.
    if isPaused, spec.entry == .service { return Progress(phase: .paused) }
    begin(target, from: stable)
    return step(target, from: stable)
  }

  /// Nothing serves yet, so there is no traffic to keep safe: the target gets all of it as soon as it is ready.
  private mutating func advanceFirst(_ target: Target) -> Progress {
    begin(target, from: nil)
    let all = wantedReplicas
    let revision = ledger[target.name]
    var progress = Progress(phase: .preparing(""), weight: 100, replicas: all)
    guard let revision, revision.state.has(all) else {
      progress.phase = .preparing(revision?.state.message ?? "its Deployment is being made")
      return progress
    }
    if all > 0, let waiting = warming(target) {
      progress.phase = waiting
      return progress
    }
    guard isInEffect(TrafficSplit([target.name: 100])) else {
      progress.phase = .shifting
      return progress
    }
    promote(target, from: nil)
    progress.phase = .promoted
    return progress
  }

  /// Starts the rollout of a revision that is not the one under way.
  private mutating func begin(_ target: Target, from stable: ServedRevision?) {
    guard plan.status.candidate?.name != target.name else { return }
    if let candidate = plan.status.candidate, stable != nil {
      tell(
        .normal, "RolloutSuperseded", "Supersede",
        "\(candidate.name) is given up for \(target.name), which is asked for now")
    }
    retireCandidate(unless: target.name)
    var record = ledger[target.name]?.record ?? ModelDeployment.Revision(name: target.name, time: nowText)
    record.model = target.model ?? record.model
    (record.retiredTime, record.weight, record.mirrored) = (nil, 0, nil)
    plan.status.candidate = record
    (plan.status.step, plan.status.stepTime, plan.status.progressTime) = (0, nil, nowText)
    plan.status.checks = nil
    if plan.status.failedRevision?.name == target.name {
      (plan.status.failedRevision, plan.status.failedAttempt) = (nil, nil)
    }
    if let stable {
      let what = record.model?.uri ?? target.name
      tell(
        .normal, target.isReturn ? "RollingBack" : "RolloutStarted", target.isReturn ? "RollBack" : "RollOut",
        "\(target.name) (\(what)) is to take over from \(stable.name)")
    }
  }

  private mutating func step(_ target: Target, from stable: ServedRevision) -> Progress {
    let isDirect = target.isReturn || spec.rollout?.promote == target.name
    let schedule = RolloutSchedule(spec)
    let all = wantedReplicas
    if !isDirect { followEdit(of: schedule) }
    var index = min(Int(plan.status.step ?? 0), schedule.steps.count)
    if isDirect, index < schedule.steps.count {
      index = schedule.steps.count
      (plan.status.step, plan.status.stepTime, plan.status.progressTime) = (Int64(index), nil, nowText)
    }
    let revision = ledger[target.name]
    let available = revision?.state.available ?? 0
    if let failure = crash(of: revision) { return fail(target, from: stable, failure) }
    while true {
      let weight = schedule.weight(index)
      let needed = spec.replicas(for: weight, of: all)
      let isHeld = plan.status.stepTime != nil && Int(plan.status.step ?? 0) == index
      let mirrored = plan.status.candidate?.mirrored
      let before = Int(mirrored ?? plan.status.candidate?.weight ?? 0)
      var progress = Progress(
        phase: .shifting, weight: weight, isMirrored: schedule.mirrors && !schedule.isLast(index), replicas: needed)
      guard let revision, revision.state.has(needed) else {
        // Traffic stays where it is; a revision without any pod that answers has none.
        progress.weight = available == 0 ? 0 : before
        progress.isMirrored = mirrored != nil
        // The step begins again when its pods are back; the deadline runs from when they went.
        if isHeld { (plan.status.stepTime, plan.status.progressTime) = (nil, nowText) }
        if let late = isLate(revision) { return fail(target, from: stable, late) }
        progress.phase = .preparing(revision?.state.message ?? "its Deployment is being made")
        return progress
      }
      if index == 0, !isHeld, !isDirect, needed > 0, let waiting = warming(target) {
        progress.weight = 0
        if case .failed(let reason, let message) = waiting { return fail(target, from: stable, (reason, message, nil)) }
        if let late = isLate(revision) { return fail(target, from: stable, late) }
        progress.phase = waiting
        return progress
      }
      if isPaused, !isHeld {
        progress.weight = before
        progress.isMirrored = mirrored != nil
        progress.phase = .paused
        return progress
      }
      guard isInEffect(schedule.split(index, target.name, from: stable.name)) else { return progress }
      if schedule.isLast(index) {
        promote(target, from: stable)
        progress.phase = .promoted
        return progress
      }
      if !isHeld {
        (plan.status.step, plan.status.stepTime, plan.status.progressTime) = (Int64(index), nowText, nowText)
        tell(
          .normal, "StepReached", "Shift",
          "\(share(target.name, progress)) (step \(index + 1) of \(schedule.steps.count))")
      }
      if let phase = hold(target, schedule.steps[index], isJust: !isHeld) {
        if case .failed(let reason, let message) = phase { return fail(target, from: stable, (reason, message, nil)) }
        progress.phase = phase
        return progress
      }
      index += 1
      (plan.status.step, plan.status.stepTime, plan.status.progressTime) = (Int64(index), nil, nowText)
    }
  }

  /// Begins the step anew where the steps have been edited meanwhile, at the first one that is not below the share that
  /// the candidate has: nothing of an edited step counts as held or judged. Copies say nothing of real answers.
  private mutating func followEdit(of schedule: RolloutSchedule) {
    guard let candidate = plan.status.candidate, !schedule.steps.isEmpty else { return }
    let index = Int(plan.status.step ?? 0)
    let isMirrored = candidate.mirrored != nil
    let share = Int(candidate.mirrored ?? candidate.weight ?? 0)
    guard share > 0 else { return }
    let isOfStep = [index, index - 1].contains { schedule.steps.indices.contains($0) && schedule.weight($0) == share }
    if isOfStep, isMirrored == schedule.mirrors, plan.status.stepTime == nil || schedule.weight(index) == share { return }
    if !isMirrored, share == 100 { return }
    let next = isMirrored == schedule.mirrors ? schedule.steps.firstIndex { $0.weight >= share } : 0
    (plan.status.step, plan.status.stepTime) = (Int64(next ?? schedule.steps.count - 1), nil)
    plan.status.progressTime = nowText
  }

  /// The share of a revision, in words.
  func share(_ revision: String, _ progress: Progress) -> String {
    progress.isMirrored
      ? "\(revision) gets a copy of \(progress.weight) percent of the requests"
      : "\(revision) has \(progress.weight) percent of the traffic"
  }

  /// What keeps a rollout at the step that it has reached; nil where it may go on.
  private mutating func hold(_ target: Target, _ step: RolloutSchedule.Step, isJust: Bool) -> Progress.Phase? {
    let verdicts = judge(weight: step.weight, isJust: isJust)
    if let failed = verdicts.first(where: { $0.verdict == CheckJudge.Verdict.failed.rawValue }) {
      let limit = failed.limit.map { " (limit \($0))" } ?? ""
      return .failed(reason: "CheckFailed", message: "check \(failed.name): \(failed.message ?? "")\(limit)")
    }
    let passed = elapsed(since: plan.status.stepTime) ?? .zero
    if passed < step.hold {
      wake(after: step.hold - passed)
      return .holding(left: step.hold - passed)
    }
    if step.isPause { return .atPause }
    if let unknown = verdicts.first(where: { $0.verdict != CheckJudge.Verdict.passed.rawValue }) {
      return .unjudged("check \(unknown.name): \(unknown.message ?? "")")
    }
    return isPaused ? .paused : nil
  }

  /// So many characters of a check's message reach status.
  private static let messageLimit = 500

  /// Judges every check, and puts the results into status.
  private mutating func judge(weight: Int, isJust: Bool) -> [ModelDeployment.CheckResult] {
    guard let checks = spec.rollout?.checks, !checks.isEmpty else { return [] }
    let judge = CheckJudge(
      candidate: plan.status.candidate.flatMap { seen.traffic[$0.name] },
      stable: plan.status.stable.flatMap { seen.traffic[$0.name] },
      weight: spec.strategy == .shadow ? 0 : weight)
    let old = Dictionary(
      (plan.status.checks ?? []).map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    let results = checks.map { check in
      // What was measured before the step began says nothing of it.
      var result = judge.judge(check, isJust ? nil : seen.measurements[check.name])
      if isJust, check.router != nil { result = .init(name: check.name, verdict: "Unknown", message: "the step began") }
      let before = old[check.name]
      result.message = result.message.map { String($0.prefix(Self.messageLimit)) }
      result.time = before?.verdict == result.verdict && before?.value == result.value ? before?.time : nowText
      return result
    }
    plan.status.checks = results
    return results
  }

  private func warming(_ target: Target) -> Progress.Phase? {
    guard spec.rollout?.warmUp != nil else { return nil }
    switch seen.warmUp {
    case .passed: return nil
    case .pending: return .warming
    case .failed(let message): return .failed(reason: "WarmUpFailed", message: message)
    }
  }

  typealias Failure = (reason: String, message: String, trouble: ServingObservation.PodTrouble?)

  /// So many starts of a container make a loop.
  private static let crashes = 3

  private func crash(of revision: ServedRevision?) -> Failure? {
    guard let trouble = revision?.objects.troubles.first(where: { $0.restarts >= Self.crashes }) else { return nil }
    return ("CrashLoop", "pod \(trouble.pod) failed \(trouble.restarts) times: \(trouble.message)", trouble)
  }

  private func isLate(_ revision: ServedRevision?) -> Failure? {
    guard !isPaused else { return nil }
    let trouble = revision?.objects.troubles.first
    let said =
      trouble.map { "; pod \($0.pod): \($0.reason): \($0.message)" } ?? revision?.objects.unanswered.map { "; \($0)" } ?? ""
    if let stuck = revision?.state.stuck { return ("ProgressDeadlineExceeded", stuck + said, trouble) }
    guard let passed = elapsed(since: plan.status.progressTime), passed > spec.rolloutDeadline else { return nil }
    let state = revision?.state.message ?? "its Deployment is not there"
    return (
      "ProgressDeadlineExceeded",
      "not ready within \(DurationText.text(spec.rolloutDeadline)) (spec.rollout.deadline): \(state)\(said)", trouble
    )
  }

  /// Puts the traffic back; the revision is not tried again until something changes.
  private mutating func fail(_ target: Target, from stable: ServedRevision, _ failure: Failure) -> Progress {
    var record = plan.status.candidate ?? ModelDeployment.Revision(name: target.name)
    count(into: &record)
    (record.weight, record.mirrored, record.retiredTime) = (0, nil, nowText)
    plan.status.failedRevision = record
    plan.status.failedAttempt = attempt(of: target)
    plan.status.lastFailure = ModelDeployment.Failure(
      revision: target.name, reason: failure.reason, message: String(failure.message.prefix(1024)),
      exitCode: failure.trouble?.exitCode, log: failure.trouble?.log.map { String($0.suffix(2048)) }, time: nowText)
    tell(
      .warning, "RolloutFailed", "RollBack",
      "\(target.name) is given up, all traffic goes to \(stable.name): \(failure.message)")
    plan.status.history?.removeAll { $0.name == target.name }
    (plan.status.candidate, plan.status.step, plan.status.stepTime, plan.status.progressTime) = (nil, nil, nil, nil)
    return Progress(phase: .failed(reason: failure.reason, message: failure.message))
  }

  /// The revision has all traffic: it is the stable one from now on.
  private mutating func promote(_ target: Target, from stable: ServedRevision?) {
    var record = plan.status.candidate ?? ModelDeployment.Revision(name: target.name, time: nowText)
    record.promotedTime = nowText
    record.retiredTime = nil
    if let stable {
      var old = plan.status.stable ?? stable.record
      (old.retiredTime, old.weight) = (nowText, 0)
      remember(old)
      tell(.normal, target.isReturn ? "RolledBack" : "Promoted", "Promote", "\(target.name) has all traffic")
    }
    plan.status.history?.removeAll { $0.name == target.name }
    plan.status.stable = record
    (plan.status.candidate, plan.status.step, plan.status.stepTime, plan.status.progressTime) = (nil, nil, nil, nil)
    (plan.status.failedRevision, plan.status.failedAttempt, plan.status.lastFailure) = (nil, nil, nil)
  }

  /// The candidate is not one any more, unless it is the one named: it goes to the others that have no traffic.
  mutating func retireCandidate(unless name: String?) {
    guard var candidate = plan.status.candidate, candidate.name != name else { return }
    (plan.status.candidate, plan.status.step, plan.status.stepTime, plan.status.progressTime) = (nil, nil, nil, nil)
    guard candidate.name != plan.status.stable?.name else { return }
    (candidate.weight, candidate.mirrored, candidate.retiredTime) = (0, nil, nowText)
    remember(candidate)
  }

  /// Keeps what is known of a revision without traffic.
  mutating func remember(_ record: ModelDeployment.Revision) {
    var history = (plan.status.history ?? []).filter { $0.name != record.name }
    history.insert(record, at: 0)
    plan.status.history = history
  }

  /// What the routers count of a revision.
  func count(into record: inout ModelDeployment.Revision) {
    guard let counts = seen.traffic[record.name] else { return }
    record.requests = counts.answers
    record.clientErrors = counts.clientErrors
    record.serverErrors = counts.serverErrors
    record.meanLatency = counts.meanMilliseconds.map { DurationText.text(.milliseconds(Int64($0.rounded()))) }
  }
}
