import CRDTypes
import FoundationEssentials
import JSON

/// A trial as people look at it: its last attempt.
struct TrialRow: Sendable, Hashable {
  var number: Int
  var attempt: Int
  /// Queued, Running, Succeeded, Stopped, Failed or Disrupted.
  var state: String
  /// The objectives by metric, those of constraints among them.
  var metrics: [String: Double] = [:]
  /// The first objective as it was judged.
  var value: Double?
  var spread: Double?
  /// Whether it breaks a constraint.
  var breaksConstraint = false
  /// Seconds.
  var duration: Double?
  var parameters: [String: String]
  var runID: String?
  var reason: String?
  var message: String?

  /// A run as MLflow's `runs/search` gives it; nil for runs of folds, and for those that are no trial's.
  init?(run: JSONValue, metrics names: [String], now: Date) {
    func pairs(_ list: String, _ value: (JSONValue) -> String?) -> [String: String] {
      var out: [String: String] = [:]
      for entry in run[path: "data", list]?.array ?? [] {
        if let key = entry["key"]?.string, let text = entry["value"].flatMap(value) { out[key] = text }
      }
      return out
    }
    let tags = pairs("tags") { $0.string }
    guard let number = tags["martlet.trial"].flatMap({ Int($0) }),
      let attempt = tags["martlet.attempt"].flatMap({ Int($0) }), tags["martlet.fold"] == nil
    else { return nil }
    self.number = number
    self.attempt = attempt
    state = tags["martlet.outcome"] ?? "Running"
    let logged = pairs("metrics") { $0.string ?? $0.double.map { "\($0)" } }
    for name in names { metrics[name] = logged[name].flatMap(Double.init) }
    value = (tags["martlet.value"] ?? tags["martlet.stop.value"]).flatMap(Double.init)
    spread = tags["martlet.spread"].flatMap(Double.init)
    breaksConstraint = tags["martlet.violation"].flatMap(Double.init).map { $0 > 0 } ?? false
    duration = tags["martlet.seconds"].flatMap(Double.init)
    if duration == nil, let start = run[path: "info", "start_time"]?.double {
      duration = max(0, now.timeIntervalSince1970 - start / 1000)
    }
    parameters =
      tags["martlet.parameters"].flatMap { try? JSONValue(parsing: $0) }?.stringMap ?? pairs("params") { $0.string }
    runID = run[path: "info", "run_id"]?.string
    reason = tags["martlet.reason"]
    message = tags["martlet.message"]
  }

  /// A Job of the sweep, where MLflow does not say more.
  init?(job: DynamicObject, now: Date) {
    guard let number = job.labels["martlet.dev/trial"].flatMap({ Int($0) }),
      let attempt = job.labels["martlet.dev/attempt"].flatMap({ Int($0) })
    else { return nil }
    self.number = number
    self.attempt = attempt
    let conditions = job.status["conditions"]?.array ?? []
    func isTrue(_ type: String) -> Bool {
      conditions.contains { $0["type"]?.string == type && $0["status"]?.string == "True" }
    }
    if isTrue("Complete") {
      state = "Succeeded"
    } else if isTrue("Failed") {
      state = "Failed"
    } else {
      state = (job.status["ready"]?.int ?? 0) > 0 ? "Running" : "Queued"
    }
    if let start = job.status["startTime"]?.string.flatMap(Timestamp.date) {
      let end = job.status["completionTime"]?.string.flatMap(Timestamp.date) ?? now
      duration = end.timeIntervalSince(start)
    }
    parameters = job.annotations["martlet.dev/parameters"].flatMap { try? JSONValue(parsing: $0) }?.stringMap ?? [:]
    runID = job.annotations["martlet.dev/run-id"]
  }

  /// One of `status.top`, `status.front` or `status.failures`.
  init?(status entry: JSONValue, failed: Bool) {
    guard let number = entry["trial"]?.int else { return nil }
    self.number = number
    attempt = entry["attempt"]?.int ?? 0
    state = failed ? "Failed" : "Succeeded"
    value = entry["value"]?.string.flatMap(Double.init)
    spread = entry["spread"]?.string.flatMap(Double.init)
    metrics = (entry["metrics"]?.stringMap ?? [:]).compactMapValues(Double.init)
    parameters = entry["parameters"]?.stringMap ?? [:]
    runID = entry["runID"]?.string
    reason = entry["reason"]?.string
    message = entry["message"]?.string
  }
}
