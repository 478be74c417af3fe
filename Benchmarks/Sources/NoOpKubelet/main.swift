// usage: bench-kubelet KUBECONFIG SWEEP DATABASE-URL METRIC TRIALS PARALLEL
//
// Stands in for nodes and training code that take no time: as soon as a trial's Job is there, the metric is written
// to the run's row in MLflow's database and the Job's status says Complete. Ends when all trials have, and prints how
// fast they came. Without a DATABASE-URL, as -, runs have their metric already.

import CRDTypes
import Glibc
import JSON
import KubernetesAPI
import Postgres

let arguments = CommandLine.arguments
guard arguments.count == 7, let trials = Int(arguments[5]), let parallel = Int(arguments[6]) else {
  fatalError("usage: bench-kubelet KUBECONFIG SWEEP DATABASE-URL METRIC TRIALS PARALLEL")
}
let client = KubernetesClient(
  try ClusterConfiguration.load(kubeconfig: arguments[1], context: nil), userAgent: "martlet-bench")
let pool = arguments[3] == "-" ? nil : try PostgresPool(try PostgresConfiguration(arguments[3]))
let kubelet = NoOpKubelet(
  client: client, pool: pool, sweep: ObjectKey(namespace: "default", name: arguments[2]), metric: arguments[4],
  trials: trials, parallel: parallel)
try await kubelet.run()
await pool?.close()
await client.shutdown()
