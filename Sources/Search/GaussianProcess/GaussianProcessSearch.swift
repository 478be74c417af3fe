/// Bayesian optimisation with a Gaussian process: the next point is the one where the expected improvement is greatest.
///
/// Trials on their way are taken into account jointly: the process is conditioned on draws from its own joint posterior
/// at their points, and the improvement is averaged over the draws (Snoek, Larochelle and Adams, NIPS 2012). Trials that
/// failed or break constraints count as no better than the worst that did not, so that their region is left. With
/// several objectives each trial minimises an augmented Chebyshev scalarisation of its own (ParEGO: Knowles, IEEE Trans.
/// Evolutionary Computation 10, 2006).
///
/// In a conditional space one trial in four is chosen branch by branch: see `branchCandidates`.
struct GaussianProcessSearch: Sampler {
  struct Settings: Sendable, Hashable {
    /// So many results are needed before there is a model, as in Optuna's `GPSampler`.
    var startupTrials = 10
    /// The process is made of so many trials at most: its cost grows with their cube. The better half of those that are
    /// kept are the best, the others the latest.
    var greatestTrials = 120
    /// Pairs of draws for trials on their way.
    var fantasyPairs = 8
    /// Above so many branches there are too few trials for models of their own.
    var greatestBranches = 8
    /// So many trials a branch needs for a model of its own.
    var startupBranchTrials = 3
    /// One in so many trials goes where models of the branches' own send it: enough that a good branch is found out, few
    /// enough that hardly anything is lost where what one process says of the whole space is right.
    var branchPeriod = 4
    init() {}
  }

  let space: SearchSpace
  let settings: Settings
  let directions: [Direction]
  let inputs: MixedInput
  /// The branches that are modelled apart; none where the space has one, or too many.
  let branches: [Branch]

  init(space: SearchSpace, settings: Settings = .init(), directions: [Direction]) {
    self.space = space
    self.settings = settings
    self.directions = directions
    inputs = MixedInput(space)
    let branches = Branch.all(of: space)
    self.branches = 2...settings.greatestBranches ~= branches.count ? branches : []
  }

  func candidates(_ history: [RecordedTrial], number: Int, _ stream: inout RandomStream) -> [Point]? {
    let losses = LossTable(history, directions, &stream)
    guard losses.results >= settings.startupTrials, !losses.entries.isEmpty else { return nil }
    let kept = losses.kept(settings.greatestTrials)
    let pending = Array(losses.pending.suffix(64))
    if !branches.isEmpty, number % settings.branchPeriod == 1,
      let points = branchCandidates(kept, pending: pending, &stream), !points.isEmpty
    {
      return points
    }
    guard let (process, scale) = model(kept) else { return nil }
    let acquisition = acquisition(process, scale, pending: pending, &stream)
    let search = AcquisitionSearch(inputs: inputs, acquisition: acquisition, incumbents: best(kept))
    let scatter = AcquisitionSearch.scatter(space, observed: kept.count, &stream)
    return search.points(from: search.valued(scatter, &stream), &stream)
  }

  /// The points of the best trials, the best first.
  func best(_ entries: [LossTable.Entry]) -> [Point] {
    entries.indices.sorted { (entries[$0].loss, $0) < (entries[$1].loss, $1) }.prefix(8).map { entries[$0].point }
  }

  func acquisition(
    _ process: GaussianProcess, _ scale: OutcomeScale, target: Double? = nil, pending: [Point],
    _ stream: inout RandomStream
  ) -> Acquisition {
    Acquisition(
      process, values: scale.values, target: target, pending: pending.map { inputs.encode($0) },
      pairs: settings.fantasyPairs, &stream)
  }

  /// The process on the scale of the losses under which they are more probable (Box and Cox, J. Royal Statistical Society
  /// B 26, 1964, with the choice between two scales; Snoek et al., ICML 2014, for processes).
  ///
  /// - Parameter scales: those to choose from; nil for the plain and the logarithmic one.
  func model(
    _ entries: [LossTable.Entry], scales: [OutcomeScale]? = nil
  ) -> (process: GaussianProcess, scale: OutcomeScale)? {
    let observed = entries.map { inputs.encode($0.point) }
    let losses = entries.map(\.loss)
    let scales = scales ?? [OutcomeScale(plain: losses), OutcomeScale(logarithmic: losses)].compactMap { $0 }
    var best: (process: GaussianProcess, scale: OutcomeScale, loss: Double)?
    for scale in scales {
      guard let fit = GaussianProcess.fitted(inputs, observed: observed, values: scale.values) else { continue }
      let loss = fit.loss - scale.logJacobian
      if best.map({ loss < $0.loss }) ?? true { best = (fit.process, scale, loss) }
    }
    return best.map { ($0.process, $0.scale) }
  }
}
