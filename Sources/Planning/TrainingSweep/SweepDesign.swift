import CRDTypes
import FoundationEssentials
import JSON
import Search

/// A sweep's spec, checked and with its defaults: what the schema could not refuse is refused here.
struct SweepDesign: Sendable {
  /// One, or several that are optimised together.
  let objectives: [TrainingSweep.Objective]
  /// The targets of the objectives, nil where one has none.
  let targets: [Double?]
  let constraints: [(metric: String, min: Double?, max: Double?)]
  let space: SearchSpace
  let searcher: Searcher
  /// Why the algorithm is this one, where the user left it open.
  let algorithmReason: String?
  let points: [[String: String]]
  /// How many trials there will be: no more than the space has points.
  let planned: Int
  let maxTrials: Int
  let parallel: Int
  let maxFailed: Int?
  let retries: Int
  let rerun: Int
  /// Seconds.
  let timeout: Double?
  let metricGrace: Double
  let keepJobs: Double
  let wallClock: Double?
  let gpuHours: Double?
  let noProgress: Int?
  /// Of each pod.
  let gpus: Int
  let gpuResource: String
  /// Nil without cross-validation.
  let folds: Int?
  /// How many pods work on one trial together.
  let nodes: Int
  /// The rule that stops running trials, if there is one.
  let stopping: StoppingRule?
  /// Fields that are set and not acted on yet.
  let unsupported: [String]

  init(_ sweep: TrainingSweep) throws(TrialProblem) {
    let spec = sweep.spec
    objectives = spec.objectives ?? spec.objective.map { [$0] } ?? []
    guard !objectives.isEmpty else {
      throw TrialProblem("InvalidSpec", "spec.objective: set it, or spec.objectives, in a new sweep")
    }
    targets = try objectives.map { objective throws(TrialProblem) in
      try Self.decimal(objective.target, "the target of \(objective.metric)")
    }
    var constraints: [(metric: String, min: Double?, max: Double?)] = []
    for constraint in spec.constraints ?? [] {
      let field = "spec.constraints[\(constraint.metric)]"
      constraints.append(
        (
          constraint.metric, try Self.decimal(constraint.min, field + ".min"),
          try Self.decimal(constraint.max, field + ".max")
        ))
    }
    self.constraints = constraints
    let trials = spec.trials ?? TrainingSweep.TrialPolicy()
    maxTrials = Int(trials.max ?? 20)
    parallel = max(1, Int(trials.parallel ?? 1))
    maxFailed = trials.maxFailed.map { Int($0) }
    retries = Int(trials.retries ?? 0)
    rerun = Int(trials.rerunFailed ?? 0)
    timeout = try Self.seconds(trials.timeout, "spec.trials.timeout")
    metricGrace = try Self.seconds(trials.metricGracePeriod, "spec.trials.metricGracePeriod") ?? 60
    keepJobs = try Self.seconds(spec.keepJobs, "spec.keepJobs") ?? 3600
    wallClock = try Self.seconds(spec.budget?.wallClock, "spec.budget.wallClock")
    gpuHours = try Self.decimal(spec.budget?.gpuHours, "spec.budget.gpuHours")
    noProgress = spec.budget?.noProgressTrials.map { Int($0) }
    gpus = spec.gpus.map { Int($0.perTrial ?? 1) } ?? 0
    gpuResource = spec.gpus?.resource ?? "nvidia.com/gpu"
    folds = spec.crossValidation.map { max(1, Int($0.folds)) }
    nodes = folds == nil ? max(1, Int(spec.nodes ?? 1)) : 1
    stopping = try StoppingRule(spec)
    guard let containers = spec.template["spec"]?["containers"]?.array, !containers.isEmpty,
      containers.allSatisfy({ $0.object != nil })
    else {
      throw TrialProblem("InvalidSpec", "spec.template.spec.containers must list at least one container")
    }
    do {
      let space = try SearchSpace(
        try spec.parameters.map { parameter throws(SearchSpaceError) in
          try parameter.searched()
        })
      self.space = space
      (searcher, algorithmReason) = try Self.searcher(sweep, space, objectives, maxTrials)
    } catch let error as SearchSpaceError {
      throw TrialProblem("InvalidSpec", "spec.parameters: \(error)")
    } catch let error as TrialProblem {
      throw error
    } catch {
      throw TrialProblem("InvalidSpec", "spec.parameters: \(error)")
    }
    planned = min(maxTrials, space.size ?? maxTrials)
    points = searcher.algorithm == .grid ? [] : spec.search?.points ?? []
    for (index, point) in points.enumerated() {
      do {
        _ = try searcher.suggest(0, after: [], fixing: point)
      } catch {
        throw TrialProblem("InvalidSpec", "spec.search.points[\(index)]: \(error)")
      }
    }
    unsupported = Self.unsupported(spec, searcher.algorithm)
    // What else the schema cannot refuse, such as a grid that is larger than trials.max.
    let problems = spec.problems()
    guard problems.isEmpty else {
      throw TrialProblem("InvalidSpec", problems.prefix(8).map(\.description).joined(separator: "; "))
    }
  }

  private static func searcher(
    _ sweep: TrainingSweep, _ space: SearchSpace, _ objectives: [TrainingSweep.Objective], _ trials: Int
  ) throws -> (Searcher, String?) {
    let wanted = sweep.spec.search?.algorithm ?? .auto
    var reason: String?
    let algorithm: Algorithm
    if wanted == .auto {
      let automatic = Algorithm.automatic(
        for: space, trials: trials, parallel: Int(sweep.spec.trials?.parallel ?? 1), objectives: objectives.count)
      (algorithm, reason) = (automatic.algorithm, automatic.reason)
    } else if let known = Algorithm(rawValue: wanted.rawValue) {
      algorithm = known
    } else {
      throw TrialProblem("AlgorithmNotAvailable", "spec.search.algorithm: \(wanted.rawValue) is not known")
    }
    let searcher = try Searcher(
      space, algorithm, directions: objectives.map(\.direction),
      seed: Seed.of(sweep.metadata.uid ?? "", sweep.spec.search?.seed ?? 0))
    return (searcher, reason)
  }

  private static func unsupported(_ spec: TrainingSweep.Spec, _ algorithm: Algorithm) -> [String] {
    var fields: [String] = []
    if spec.featureSet != nil { fields.append("featureSet") }
    if algorithm == .grid, spec.search?.points?.isEmpty == false { fields.append("search.points (with a grid)") }
    return fields
  }

  private static func decimal(_ text: String?, _ field: String) throws(TrialProblem) -> Double? {
    guard let text else { return nil }
    guard let value = DecimalText.value(text) else {
      throw TrialProblem("InvalidSpec", "\(field): \(text) is not a decimal number")
    }
    return value
  }

  private static func seconds(_ text: String?, _ field: String) throws(TrialProblem) -> Double? {
    guard let text else { return nil }
    guard let value = DurationText.seconds(text) else {
      throw TrialProblem("InvalidSpec", "\(field): \(text) is not a duration such as 30m")
    }
    return value
  }

  /// The pods of one attempt.
  var pods: Int { folds ?? nodes }

  /// How the objectives are spoken of.
  var metrics: String { objectives.map(\.metric).joined(separator: ", ") }
}

extension TrialProblem: Error {}

extension TrainingSweep.Parameter {
  /// The parameter as the search knows it.
  func searched() throws(SearchSpaceError) -> Search.Parameter {
    let condition = self.when.map { Search.Parameter.When($0.parameter, in: $0.in) }
    if let choices = categorical {
      let domain: Search.Parameter.Domain =
        choices.ordered == true ? .ordinal(choices.choices) : .categorical(choices.choices)
      return Search.Parameter(name, domain, when: condition)
    }
    if let range = int {
      let numeric = try NumericRange(
        integersFrom: range.min, through: range.max, step: range.step ?? 1, isLog: range.scale == .log)
      return Search.Parameter(name, .numeric(numeric), when: condition)
    }
    // NaN is refused as not being finite.
    let low = double.flatMap { DecimalText.value($0.min) } ?? .nan
    let high = double.flatMap { DecimalText.value($0.max) } ?? .nan
    let step = double?.step.map { DecimalText.value($0) ?? .nan }
    return Search.Parameter(
      name, .numeric(try NumericRange(low: low, high: high, step: step, isLog: double?.scale == .log)),
      when: condition)
  }
}
