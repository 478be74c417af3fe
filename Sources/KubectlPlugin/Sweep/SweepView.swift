import CRDTypes
import FoundationEssentials
import JSON

/// A sweep at one moment, as lines of a terminal.
struct SweepView: Sendable {
  let sweep: DynamicObject
  let jobs: [TrialRow]
  let now: Date
  let width: Int

  /// Whether the sweep has ended, and how.
  static func end(of sweep: DynamicObject) -> (succeeded: Bool, message: String)? {
    let conditions = sweep.status["conditions"]?.array ?? []
    guard let end = conditions.first(where: { $0["type"]?.string == "Succeeded" }),
      let status = end["status"]?.string, status != "Unknown",
      sweep.status["observedGeneration"]?.integer == sweep.generation
    else { return nil }
    return (status == "True", "\(end["reason"]?.string ?? ""): \(end["message"]?.string ?? "")")
  }

  private func count(_ state: String) -> Int { sweep.status[path: "trials", state]?.int ?? 0 }

  var lines: [String] {
    let goal = SweepGoal(sweep)
    let planned = max(1, count("planned"))
    let done = count("succeeded") + count("stopped") + count("failed")
    var lines = ["\(sweep.name)  \(bar(done, count("running"), planned))  \(done)/\(count("planned"))"]
    lines.append(
      "  "
        + ["queued", "running", "succeeded", "stopped", "failed"].map { "\($0) \(count($0))" }.joined(separator: "  "))
    if let best = sweep.status["best"].flatMap({ TrialRow(status: $0, failed: false) }) {
      let values = goal.parameters.compactMap { name in best.parameters[name].map { "\(name)=\(Figure.shortened($0))" }
      }
      lines.append(
        "  best: trial \(best.number), \(goal.objectives.first?.metric ?? "value") \(best.value.map(Figure.text) ?? "-")"
          + "  (\(values.joined(separator: ", ")))")
    } else if let front = sweep.status["front"]?.array {
      lines.append("  Pareto front: \(front.count) trials")
    }
    var clock: [String] = []
    if let start = sweep.status["startTime"]?.string { clock.append("running for \(Age.text(since: start, at: now))") }
    if let end = sweep.status["estimatedCompletionTime"]?.string.flatMap(Timestamp.date) {
      clock.append("about \(Age.text(seconds: Int(max(0, end.timeIntervalSince(now))))) left")
    }
    if let hours = sweep.status["gpuHours"]?.string { clock.append("\(hours) GPU-hours") }
    if !clock.isEmpty { lines.append("  " + clock.joined(separator: ", ")) }
    for job in jobs.filter({ $0.state == "Running" || $0.state == "Queued" }).prefix(12) {
      let values = goal.parameters.compactMap { name in job.parameters[name].map { "\(name)=\(Figure.shortened($0))" } }
      let age = job.duration.map { Age.text(seconds: Int($0)) } ?? ""
      lines.append("  #\(job.number) \(job.state.lowercased()) \(age)  \(values.joined(separator: " "))")
    }
    for failure in (sweep.status["failures"]?.array ?? []).prefix(2) {
      let message = (failure["message"]?.string ?? "").split(separator: "\n").first ?? ""
      lines.append("  ! trial \(failure["trial"]?.int ?? 0): \(failure["reason"]?.string ?? ""): \(message)")
    }
    let ready = (sweep.status["conditions"]?.array ?? []).first { $0["type"]?.string == "Ready" }
    if let reason = ready?["reason"]?.string, reason != "Running", let message = ready?["message"]?.string {
      lines.append("  \(reason): \(message.split(separator: "\n").first ?? "")")
    }
    return lines.map { String($0.prefix(width)) }
  }

  private func bar(_ done: Int, _ running: Int, _ planned: Int) -> String {
    let size = max(10, min(40, width - sweep.name.count - 20))
    let full = min(size, done * size / planned)
    let half = min(size - full, (running * size + planned - 1) / planned)
    return String(repeating: "█", count: full) + String(repeating: "▒", count: half)
      + String(repeating: "·", count: size - full - half)
  }

  /// One line, for what is no terminal.
  var line: String {
    let counts = ["queued", "running", "succeeded", "stopped", "failed"].map { "\($0)=\(count($0))" }
    let best = sweep.status[path: "best", "value"]?.string.map { " best=\($0)" } ?? ""
    return "\(sweep.status["progress"]?.string ?? "0/0") \(counts.joined(separator: " "))\(best)"
  }
}
