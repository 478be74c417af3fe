import CRDTypes
import FoundationEssentials
import JSON
import KubernetesAPI
import MLflow
import Transport

/// Reads a sweep's trials: from MLflow, and where that cannot be reached what status and Jobs say.
struct TrialReader: Sendable {
  let client: KubernetesClient
  let options: TrackingOptions

  struct Reading: Sendable {
    /// By number.
    var rows: [TrialRow]
    /// Why not all trials are there.
    var gap: String?
  }

  func read(_ sweep: DynamicObject, now: Date) async throws -> Reading {
    let goal = SweepGoal(sweep)
    let jobs = try await client.list(
      .job, namespace: sweep.namespace, selector: .labels(["martlet.dev/sweep": sweep.name])
    ).items.compactMap { TrialRow(job: $0, now: now) }
    do {
      guard let experiment = sweep.status["experimentID"]?.string else { return Reading(rows: Self.last(jobs)) }
      let server = try await options.server(for: sweep, client)
      let runs = try await Self.runs(of: sweep, experiment, server, goal, now)
      return Reading(rows: Self.last(runs.map { Self.joined($0, jobs, goal) } + jobs))
    } catch let error as MLflowError {
      return fallback(sweep, jobs, "MLflow: \(error.message)")
    } catch let error as TransportError {
      return fallback(sweep, jobs, error.description)
    } catch let error as Complaint {
      return fallback(sweep, jobs, error.description)
    }
  }

  private static func runs(
    of sweep: DynamicObject, _ experiment: String, _ server: TrackingServer, _ goal: SweepGoal, _ now: Date
  ) async throws -> [TrialRow] {
    var out: [TrialRow] = []
    var token: String?
    repeat {
      let reply = try await server.post(
        "runs/search",
        .compact([
          "experiment_ids": [.string(experiment)], "max_results": 1000, "page_token": token.map(JSONValue.string),
          "filter": .string("tags.`martlet.sweep.uid` = '\(sweep.uid)'"),
        ]), repeatable: true)
      let page = reply["runs"]?.array ?? []
      out += page.compactMap { TrialRow(run: $0, metrics: goal.metrics, now: now) }
      token = page.isEmpty ? nil : reply["next_page_token"]?.string
    } while token?.isEmpty == false
    return out
  }

  /// A run without an outcome may belong to a Job that waits, or to one whose success is to be recorded yet.
  private static func joined(_ run: TrialRow, _ jobs: [TrialRow], _ goal: SweepGoal) -> TrialRow {
    guard run.state == "Running",
      let job = jobs.first(where: { $0.number == run.number && $0.attempt == run.attempt })
    else { return run }
    var run = run
    let isMeasured = goal.metrics.first.map { run.metrics[$0]?.isFinite == true } ?? false
    if job.state == "Queued" || (job.state == "Succeeded" && isMeasured) { run.state = job.state }
    run.duration = job.duration ?? run.duration
    return run
  }

  /// The last attempt of each trial; of two rows for one the first.
  private static func last(_ rows: [TrialRow]) -> [TrialRow] {
    var out: [Int: TrialRow] = [:]
    for row in rows {
      if let other = out[row.number], other.attempt >= row.attempt { continue }
      out[row.number] = row
    }
    return out.values.sorted { $0.number < $1.number }
  }

  private func fallback(_ sweep: DynamicObject, _ jobs: [TrialRow], _ reason: String) -> Reading {
    let named = ["top", "front"].flatMap { list in
      (sweep.status[list]?.array ?? []).compactMap { TrialRow(status: $0, failed: false) }
    }
    let failed = (sweep.status["failures"]?.array ?? []).compactMap { TrialRow(status: $0, failed: true) }
    return Reading(
      rows: Self.last(named + failed + jobs),
      gap: "MLflow cannot be asked, so only what status and Jobs still have is shown; name a way to it with "
        + "--tracking-uri, such as a forwarded port (\(reason))")
  }
}
