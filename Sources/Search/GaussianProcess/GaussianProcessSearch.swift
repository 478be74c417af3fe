/// Bayesian optimisation with a Gaussian process: the next point is the one where the expected improvement is greatest.
///
/// Trials on their way are taken into account jointly: the process is conditioned on draws from its own joint posterior
/// at their points, and the improvement is averaged over the draws (Snoek, Larochelle and Adams, NIPS 2012). Trials that
/// failed or break constraints count as no better than the worst that did not, so that their region is left. With
/// several objectives each trial minimises an augmented Chebyshev scalarisation of its own (ParEGO: Knowles, IEEE Trans.
/// Evolutionary Computation 10, 2006).
struct GaussianProcessSearch: Sampler {
  struct Settings: Sendable, Hashable {
    /// So many results are needed before there is a model, as in Optuna's `GPSampler`.
    var startupTrials = 10
    /// The process is made of so many trials at most: its cost grows with their cube. The better half of those that are
    /// kept are the best, the others the latest.
    var greatestTrials = 120
    /// Pairs of draws for trials on their way.
    var fantasyPairs = 8
    init() {}
  }

  let space: SearchSpace
  let settings: Settings
  let directions: [Direction]
  private let inputs: MixedInput

  init(space: SearchSpace, settings: Settings = .init(), directions: [Direction]) {
    self.space = space
    self.settings = settings
    self.directions = directions
    inputs = MixedInput(space)
  }

  func candidates(_ history: [RecordedTrial], number: Int, _ stream: inout RandomStream) -> [Point]? {
    let losses = LossTable(history, directions, &stream)
    guard losses.results >= settings.startupTrials, !losses.entries.isEmpty else { return nil }
    let kept = losses.kept(settings.greatestTrials)
    let observed = kept.map { inputs.encode($0.point) }
    guard let (process, values) = model(observed, kept.map(\.loss)) else { return nil }
    let pending = losses.pending.suffix(64).map { inputs.encode($0) }
    let acquisition = Acquisition(
      process, values: values, pending: pending, pairs: settings.fantasyPairs, &stream)
    let best = kept.indices.sorted { (values[$0], $0) < (values[$1], $1) }.prefix(8).map { kept[$0].point }
    return AcquisitionSearch(inputs: inputs, acquisition: acquisition, incumbents: best).points(&stream)
  }

  /// The process on the scale of the losses under which they are more probable (Box and Cox, J. Royal Statistical Society
  /// B 26, 1964, with the choice between two scales; Snoek et al., ICML 2014, for processes).
  private func model(_ observed: [[Double]], _ losses: [Double]) -> (process: GaussianProcess, values: [Double])? {
    let scales = [OutcomeScale(plain: losses), OutcomeScale(logarithmic: losses)].compactMap { $0 }
    var best: (process: GaussianProcess, values: [Double], loss: Double)?
    for scale in scales {
      guard let fit = GaussianProcess.fitted(inputs, observed: observed, values: scale.values) else { continue }
      let loss = fit.loss - scale.logJacobian
      if best.map({ loss < $0.loss }) ?? true { best = (fit.process, scale.values, loss) }
    }
    return best.map { ($0.process, $0.values) }
  }
}
