import CRDTypes
import FoundationEssentials
import JSON
import KubernetesAPI
import Measuring
import Postgres

/// Completes the Jobs of one sweep as they appear.
struct NoOpKubelet: Sendable {
  let client: KubernetesClient
  /// MLflow's database; nil where runs have their metric already.
  let pool: PostgresPool?
  let sweep: ObjectKey
  let metric: String
  let trials: Int
  let parallel: Int

  /// What one run came to.
  struct Report: Codable {
    /// From a Job's completion to the creation of the Job that takes its place, in milliseconds.
    let gap: Figures
    let trialsPerSecond: Double
    let seconds: Double
    /// From the last trial's completion to the sweep's, in seconds: what was put off is made up for.
    let closing: Double
    /// Writes of others than this program to the API server, a trial.
    let writesPerTrial: Double
  }

  /// The moments at which the API server said that a Job was complete, and that a new one is there.
  struct Moments {
    var created: [ContinuousClock.Instant] = []
    var completed: [ContinuousClock.Instant] = []

    /// Each Job beyond the first ones took the place of the Job that completed first of those not yet replaced.
    func gaps(parallel: Int) -> [Duration] {
      zip(completed.sorted(), created.dropFirst(parallel)).map { $1 - $0 }
    }
  }

  func run() async throws {
    let before = try await revision()
    var moments = Moments()
    try await withThrowingTaskGroup(of: ContinuousClock.Instant?.self) { group in
      let (jobs, found) = AsyncStream<DynamicObject>.makeStream()
      group.addTask {
        let request = WatchRequest(
          .job, namespace: sweep.namespace, selector: .labels(["martlet.dev/sweep": sweep.name]))
        for await event in client.watch(request) {
          switch event {
          case .initial(let job), .applied(let job): found.yield(job)
          case .restarted, .synced, .deleted: break
          }
        }
        found.finish()
        return nil
      }
      var seen: Set<String> = []
      for await job in jobs where seen.insert(job.uid).inserted {
        moments.created.append(.now)
        group.addTask { try await complete(job) }
        if seen.count == trials { break }
      }
      // The watch never ends by itself, so it is the one task that is not waited for.
      while moments.completed.count < trials, let moment = try await group.next() {
        if let moment { moments.completed.append(moment) }
      }
      group.cancelAll()
    }
    try await waitForTheEnd()
    let end = ContinuousClock.now
    let writes = try await revision() - before - trials
    guard let first = moments.created.first, let last = moments.completed.max() else { return }
    let seconds = (last - first).seconds
    try report(
      Report(
        gap: Figures(samples: moments.gaps(parallel: parallel), seconds: seconds, cpuSeconds: 0),
        trialsPerSecond: Double(trials) / seconds, seconds: seconds, closing: (end - last).seconds,
        writesPerTrial: Double(writes) / Double(trials)))
  }

  private func complete(_ job: DynamicObject) async throws -> ContinuousClock.Instant {
    let trial = Int(job.labels["martlet.dev/trial"] ?? "") ?? 0
    if let pool, let run = job.annotations["martlet.dev/run-id"] {
      try await log(run, value: NoOpTrial.value(trial), pool)
    }
    let now = Date().ISO8601Format()
    func condition(_ type: String) -> JSONValue {
      [
        "type": .string(type), "status": "True", "lastProbeTime": .string(now), "lastTransitionTime": .string(now),
        "reason": "CompletionsReached", "message": "Reached expected number of succeeded pods",
      ]
    }
    let status: JSONValue = [
      "startTime": .string(now), "completionTime": .string(now), "succeeded": 1, "ready": 0, "terminating": 0,
      "uncountedTerminatedPods": [:], "conditions": [condition("SuccessCriteriaMet"), condition("Complete")],
    ]
    try await client.patch(
      .job, job.key, .merge(["status": status]), subresource: "status", fieldManager: "martlet-bench")
    return .now
  }

  /// What training code would log over MLflow's client, in one statement.
  private func log(_ run: String, value: Double, _ pool: PostgresPool) async throws {
    let time = Int64(Date().timeIntervalSince1970 * 1000)
    try await pool.query(
      """
      WITH history AS (
        INSERT INTO metrics (key, value, timestamp, run_uuid, step, is_nan)
        VALUES (\(metric), \(value), \(time), \(run), 0, false)
      ), latest AS (
        INSERT INTO latest_metrics (key, value, timestamp, run_uuid, step, is_nan)
        VALUES (\(metric), \(value), \(time), \(run), 0, false)
      )
      UPDATE runs SET status = 'FINISHED', end_time = \(time) WHERE run_uuid = \(run)
      """)
  }

  private func waitForTheEnd() async throws {
    while true {
      let conditions = try await client.get(.sweeps, sweep).status["conditions"]?.array ?? []
      let succeeded = conditions.first { $0["type"]?.string == "Succeeded" }
      if succeeded?["status"]?.string == "True" { return }
      if succeeded?["status"]?.string == "False" {
        fatalError("the sweep failed: \(succeeded?["message"]?.string ?? "")")
      }
      try await Task.sleep(for: .milliseconds(20))
    }
  }

  /// The API server's count of writes to all objects: etcd's revision, on a real one.
  private func revision() async throws -> Int {
    Int(try await client.list(.namespace, pageSize: 0).resourceVersion) ?? 0
  }
}

extension ResourceType {
  fileprivate static let sweeps = ResourceType(
    group: "martlet.dev", version: "v1alpha1", kind: "TrainingSweep", plural: "trainingsweeps")
}
