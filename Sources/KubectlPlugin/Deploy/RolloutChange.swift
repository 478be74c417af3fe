import JSON

/// A change of a deployment's spec, and what to say of it.
struct RolloutChange: Sendable, Hashable {
  var patch: JSONValue
  var text: String

  private init(_ rollout: JSONValue, _ text: String) {
    patch = ["spec": ["rollout": rollout]]
    self.text = text
  }

  static let pause = RolloutChange(["paused": true], "The rollout stays where it is (spec.rollout.paused: true).")
  static let resume = RolloutChange(
    ["paused": false, "abort": false], "The rollout goes on (spec.rollout.paused and abort: false).")
  static let abort = RolloutChange(
    ["abort": true], "All traffic goes back to the stable revision (spec.rollout.abort: true).")
  static let follow = RolloutChange(
    ["revision": .null], "The model's source is followed again (spec.rollout.revision is removed).")

  /// Throws a complaint where there is nothing to promote.
  static func promote(_ view: RolloutView) throws -> RolloutChange {
    guard let candidate = view.candidate?["name"]?.string ?? view.failed?["name"]?.string else {
      throw Complaint("no revision is on its way: \(view.stable?["name"]?.string ?? "nothing") has all traffic")
    }
    return RolloutChange(
      ["promote": .string(candidate), "paused": false, "abort": false],
      "\(candidate) gets all traffic as soon as its replicas are ready (spec.rollout.promote: \(candidate)).")
  }

  /// Throws a complaint where the revision is not kept.
  static func rollback(_ view: RolloutView, to wanted: String?) throws -> RolloutChange {
    let kept = view.history.filter { $0["promotedTime"] != nil }.compactMap { $0["name"]?.string }
    guard let revision = wanted ?? kept.first else {
      throw Complaint("no earlier revision is kept (spec.rollout.historyLimit)")
    }
    guard kept.contains(revision) || view.stable?["name"]?.string == revision else {
      throw Complaint("revision \(revision) is not kept; kept are \(kept.isEmpty ? "none" : kept.joined(separator: ", "))")
    }
    return RolloutChange(
      ["revision": .string(revision), "paused": false, "abort": false],
      "\(revision) gets all traffic, and keeps it until `rollback --undo` (spec.rollout.revision: \(revision)).")
  }
}
