// usage: bench-best-run DATABASE-URL: reads lines of "METRIC ID,ID,…" and answers each with the best run of these,
// its value and the time it took, as a line of JSON. Kept running, so that a script can ask in turns with others.

import MLflow
import Measuring
import Postgres

struct Answer: Codable {
  let run: String
  let value: Double
  let milliseconds: Double
}

guard CommandLine.arguments.count == 2 else { fatalError("usage: bench-best-run DATABASE-URL") }
let pool = try PostgresPool(try PostgresConfiguration(CommandLine.arguments[1]))
let database = TrackingDatabase(pool)
_ = try await database.schema()
while let line = readLine() {
  let fields = line.split(separator: " ")
  guard fields.count == 2 else { fatalError("a line is METRIC ID,ID,…") }
  let query = BestRunQuery(
    metric: String(fields[0]), goal: .minimize, scope: .runs(fields[1].split(separator: ",").map(String.init)))
  let start = ContinuousClock.now
  guard let best = try await database.best(query) else { fatalError("no run has the metric") }
  try report(
    Answer(run: best.runID, value: best.value, milliseconds: (ContinuousClock.now - start).milliseconds))
}
await pool.close()
