/// A way to search that learns from the history.
protocol Sampler: Sendable {
  /// Candidates for a trial, the most promising first, so that one that was tried can be passed over; nil while there
  /// is too little history.
  ///
  /// A function of its arguments alone.
  func candidates(_ history: [RecordedTrial], number: Int, _ stream: inout RandomStream) -> [Point]?
}
