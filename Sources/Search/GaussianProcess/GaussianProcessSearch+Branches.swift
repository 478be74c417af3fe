extension GaussianProcessSearch {
  /// Candidates of the branch that is most worth a trial; nil where that cannot be said.
  ///
  /// Each branch has a process of its own, on a scale of its own (Jenatton et al., Bayesian Optimization with
  /// Tree-structured Dependencies, ICML 2017, with one process for each leaf), and the branch is taken that is expected to
  /// improve most, in units of the loss. One process for the whole space cannot say so: its scale follows the leading
  /// branch, and where that has converged, improvements there that are worth nothing look as large as any, while a branch
  /// whose few results were bad looks surely bad. Expected improvement hardly comes back to such a branch (Qin, Klabjan and
  /// Russo, Improving the Expected Improvement Algorithm, NIPS 2017).
  func branchCandidates(_ kept: [LossTable.Entry], pending: [Point], _ stream: inout RandomStream) -> [Point]? {
    let members = Dictionary(grouping: kept) { Branch(of: $0.point) }
    let awaited = Dictionary(grouping: pending) { Branch(of: $0) }
    let tried = Set(kept.map(\.point) + pending)
    let scatter = Dictionary(
      grouping: AcquisitionSearch.scatter(space, observed: kept.count, &stream).filter { !tried.contains($0) }
    ) { Branch(of: $0) }
    // A branch may be small, and used up.
    let open = branches.filter { scatter[$0] != nil }
    func tries(_ branch: Branch) -> Int { (members[branch]?.count ?? 0) + (awaited[branch]?.count ?? 0) }
    guard let rarest = open.min(by: { tries($0) < tries($1) }) else { return nil }
    guard tries(rarest) >= settings.startupBranchTrials else {
      // Too little is known for a model of its own: what is known of the others says where in it.
      guard let (process, scale) = model(kept) else { return nil }
      let search = AcquisitionSearch(
        inputs: inputs, acquisition: acquisition(process, scale, pending: pending, &stream),
        incumbents: best(members[rarest] ?? []), branch: rarest)
      return search.points(from: search.valued(scatter[rarest] ?? [], &stream), &stream)
    }
    let models = branchModels(members)
    guard let target = models.map({ $0.scale.loss(of: $0.process.leastMean) }).min() else { return nil }
    var chosen: (search: AcquisitionSearch, valued: [AcquisitionSearch.Valued], worth: Double)?
    for (branch, process, scale) in models {
      guard let scattered = scatter[branch] else { continue }
      let acquisition = acquisition(
        process, scale, target: scale.value(of: target), pending: awaited[branch] ?? [], &stream)
      let search = AcquisitionSearch(
        inputs: inputs, acquisition: acquisition, incumbents: best(members[branch] ?? []), branch: branch)
      let valued = search.valued(scattered, &stream)
      guard let greatest = valued.map(\.value).max(), greatest.isFinite else { continue }
      let worth = greatest + scale.logSlope(at: target)
      if chosen.map({ worth > $0.worth }) ?? true { chosen = (search, valued, worth) }
    }
    return chosen.map { $0.search.points(from: $0.valued, &stream) }
  }

  /// The branches that have results, with their models.
  private func branchModels(
    _ members: [Branch: [LossTable.Entry]]
  ) -> [(branch: Branch, process: GaussianProcess, scale: OutcomeScale)] {
    let least = members.values.joined().map(\.loss).min() ?? .infinity
    return branches.compactMap { branch in
      guard let entries = members[branch] else { return nil }
      // A logarithmic scale ends just below the branch's own best: only in the leading branch is nothing further down
      // looked for.
      let scales =
        entries.contains { $0.loss <= least } ? nil : [OutcomeScale(fenced: entries.map(\.loss))]
      return model(entries, scales: scales).map { (branch, $0.process, $0.scale) }
    }
  }
}
