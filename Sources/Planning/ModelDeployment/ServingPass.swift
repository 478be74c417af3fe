import CRDTypes
import FoundationEssentials
import JSON

/// One planning of a deployment, from what was observed to the plan. Its parts are in files of their own: which revision
/// is to serve (Target), how far its traffic is (Rollout), which objects that needs (Objects), and what is told of it
/// (Report).
struct ServingPass: Sendable {
  let resource: ModelDeployment
  let seen: ServingObservation
  let settings: ServingPlanner.Settings
  let now: Date
  let ledger: RevisionLedger
  var plan: Plan<ModelDeployment.Status, ServingRecord>
  var conditions: ConditionList

  var spec: ModelDeployment.Spec { resource.spec }
  var name: String { resource.metadata.name ?? "" }
  var nowText: String { Timestamp.text(now) }

  /// The revision that serves now: the one promoted last.
  var stable: ServedRevision? {
    plan.status.stable.flatMap { ledger[$0.name] } ?? (plan.status.stable == nil ? ledger.lastPromoted : nil)
  }

  mutating func serve() {
    let target = findTarget()
    if lacksKeys, stable == nil {
      report(target, Progress(phase: .steady))
      return
    }
    let progress = advance(target)
    bringAbout(target, progress)
    report(target, progress)
  }

  /// What is said where the Secret with the keys of requests is not there.
  var keyTrouble: String? {
    if case .missing(let why)? = seen.keys, spec.ingress?.apiKey != nil { why } else { nil }
  }

  var lacksKeys: Bool { keyTrouble != nil }

  /// What is said where the operator has no server of the name that the spec asks for.
  var runtimeTrouble: String? {
    guard settings.runtime(of: spec) == nil else { return nil }
    let known = settings.runtimes.map(\.name).joined(separator: ", ")
    return "spec.server.runtime: the operator has no runtime \(spec.runtime); it has \(known)"
  }

  mutating func wake(after wait: Duration) { plan.next = plan.next.earliest(.after(max(wait, .milliseconds(100)))) }

  mutating func tell(_ kind: EventDraft.Kind, _ reason: String, _ action: String, _ note: String) {
    plan.events.append(EventDraft(kind, reason: reason, action: action, note: note))
  }

  /// How long ago a time of status was; nil where there is none.
  func elapsed(since text: String?) -> Duration? {
    text.flatMap(Timestamp.date).map { .seconds(max(0, now.timeIntervalSince($0))) }
  }
}

/// The revision that is to serve in the end.
struct Target: Sendable {
  var name: String
  var model: ModelDeployment.ServedModel?
  /// The template of a revision that may have to be made; nil where only one that exists is meant.
  var template: JSONValue?
  /// Whether it is an earlier revision that the spec returns to.
  var isReturn = false
}

/// How far the traffic has moved to the target.
struct Progress: Sendable {
  enum Phase: Sendable, Hashable {
    /// The target serves; there is nothing to move.
    case steady
    /// Its pods are not ready yet for the next share.
    case preparing(String)
    case warming
    /// Not all that lead requests have the weights yet.
    case shifting
    case holding(left: Duration)
    /// At a step that waits to be removed.
    case atPause
    /// The spec says to stay.
    case paused
    /// Checks that cannot be judged yet.
    case unjudged(String)
    /// All traffic has moved.
    case promoted
    case failed(reason: String, message: String)
    /// It failed before, and nothing has changed since.
    case barred
    case aborted
  }

  var phase: Phase
  /// The target's share, in percent, where another revision has the rest.
  var weight = 0
  /// Whether that is a share of copies, and the other revision answers everything.
  var isMirrored = false
  /// How many pods of the target are needed; nil for as many as serve.
  var replicas: Int64?
}
