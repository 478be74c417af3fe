// usage: bench-run-creation MLFLOW-URI IN-FLIGHT SECONDS: how many runs MLflow's own server makes a second.

import FoundationEssentials
import MLflow
import Measuring
import Transport

let arguments = CommandLine.arguments
guard arguments.count == 4, let inFlight = Int(arguments[2]), let seconds = Double(arguments[3]) else {
  fatalError("usage: bench-run-creation MLFLOW-URI IN-FLIGHT SECONDS")
}
let client = HTTPClient()
let server = TrackingServer(TrackingServerConfiguration(uri: arguments[1]), client: client)
let experiment = try await server.experiment(named: "bench/run-creation")
// As many tags as a trial's run has.
let tags = Dictionary(uniqueKeysWithValues: (0..<6).map { ("bench.tag\($0)", "value \($0)") })
let figures = try await ClosedLoop.run(inFlight: inFlight, seconds: seconds) {
  _ = try await server.createRun(experiment: experiment, name: "bench", start: Date(), tags: tags, user: "bench")
}
try report(figures)
await client.shutdown()
