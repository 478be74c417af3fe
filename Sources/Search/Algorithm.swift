/// The ways to search that there are.
public enum Algorithm: String, Sendable, Hashable, CaseIterable {
  /// Every point of a finite space, in order.
  case grid = "Grid"
  /// Independent uniform draws.
  case random = "Random"
  /// A scrambled Sobol' sequence.
  case sobol = "Sobol"
  /// The tree-structured Parzen estimator.
  case tpe = "TPE"
  /// Covariance matrix adaptation.
  case cmaes = "CMAES"
  /// Bayesian optimisation with a Gaussian process.
  case gp = "GP"
  /// Independent uniform draws whose trials brackets stop (Li et al., JMLR 18-185, 2018): `StoppingRule.hyperband` has
  /// the brackets.
  case hyperband = "Hyperband"

  /// Above so many trials a Gaussian process is not worth what it costs: it takes in about a hundred, and a suggestion
  /// takes a tenth of a second.
  private static let greatestProcess = 200
  /// Above so many parameters a process learns too little from so few trials.
  private static let greatestDimension = 20

  /// The algorithm for a search of at most `trials` trials whose user left the choice open, with the reason, for people.
  public static func automatic(
    for space: SearchSpace, trials: Int, parallel: Int = 1, objectives: Int = 1
  ) -> (algorithm: Algorithm, reason: String) {
    if let size = space.size, size <= trials {
      return (.grid, "the space has \(size) points, so that \(trials) trials can try all of them")
    }
    let count = space.parameters.count
    if trials > greatestProcess {
      return (.tpe, "\(trials) trials are more than a Gaussian process takes in, and enough for TPE")
    }
    if count > greatestDimension {
      return (.tpe, "\(count) parameters are too many for a Gaussian process of \(trials) trials")
    }
    return (.gp, "a Gaussian process makes most of \(trials) trials over \(count) parameters")
  }
}
