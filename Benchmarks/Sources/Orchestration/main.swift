// usage: bench-orchestration METRIC FLAGS-OF-MARTLET-OPERATOR
//
// The operator with a recorder in its own process in MLflow's place, which gives every run a value of the metric.

import ArgumentParser
import Operator

let arguments = Array(CommandLine.arguments.dropFirst())
guard let metric = arguments.first else { fatalError("usage: bench-orchestration METRIC FLAGS") }
let command = try OperatorCommand.parse(Array(arguments.dropFirst()))
try await command.run(keepingRunsIn: RunRecorder(metric: metric))
