/// Who answers requests, and who gets copies of them.
struct TrafficSplit: Sendable, Hashable {
  /// A revision that gets copies of requests; what it answers is thrown away.
  struct Mirror: Sendable, Hashable {
    var revision: String
    /// How many of a hundred requests it gets.
    var share: Int
  }

  /// The share of the answers of each revision that has any, in percent.
  let weights: [String: Int]
  let mirror: Mirror?

  init(_ weights: [String: Int], mirror: Mirror? = nil) {
    self.weights = weights.filter { $0.value > 0 }
    self.mirror = mirror.flatMap { $0.share > 0 ? $0 : nil }
  }

  /// All that requests are sent to.
  var revisions: Set<String> { Set(weights.keys).union([mirror?.revision].compactMap { $0 }) }

  /// What the slots of a router hold, and how many of them: a revision, or a revision and the one that gets copies.
  var slots: [(variant: String, weight: Int)] {
    let answering = weights.sorted { $0.key < $1.key }
    guard let mirror, answering.count == 1 else { return answering.map { ($0.key, $0.value) } }
    let copied = answering[0].key + RouterConfiguration.mirrorSign + mirror.revision
    return [(answering[0].key, 100 - mirror.share), (copied, mirror.share)].filter { $0.1 > 0 }
  }
}
