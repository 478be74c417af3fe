import CRDTypes
import JSON

/// What the nodes of one trial are told about each other.
enum TrialNodes {
  /// The port that PyTorch's launcher uses by default (torch.distributed, MASTER_PORT).
  static let port = 29500
  /// Where Kubernetes writes a pod's number in its Job (batch/v1, JobCompletionIndexAnnotation).
  static let indexPath = "metadata.annotations['batch.kubernetes.io/job-completion-index']"

  /// The pod's number in its Job, under the name that the Job controller gives it too. It stands before what refers to
  /// it.
  static let index: JSONValue = [
    "name": "JOB_COMPLETION_INDEX", "valueFrom": ["fieldRef": ["fieldPath": .string(indexPath)]],
  ]

  /// The variables that torchrun reads in place of its flags (PET_ and the flag's name, torch.distributed.run), and
  /// those of torch.distributed's `env://` for programs that start without it.
  static func environment(sweep: String, namespace: String, job: String, nodes: Int, gpus: Int) -> [JSONValue] {
    let master = "\(job)-0.\(TrialName.service(sweep: sweep)).\(namespace).svc"
    let rank = "$(JOB_COMPLETION_INDEX)"
    let values: KeyValuePairs = [
      "PET_NNODES": "\(nodes)", "PET_NODE_RANK": rank, "PET_NPROC_PER_NODE": "\(max(1, gpus))",
      "PET_MASTER_ADDR": master, "PET_MASTER_PORT": "\(port)", "MASTER_ADDR": master, "MASTER_PORT": "\(port)",
      "NNODES": "\(nodes)", "NODE_RANK": rank, "WORLD_SIZE": "\(nodes)", "RANK": rank,
    ]
    return [index] + values.map { ["name": .string($0.key), "value": .string($0.value)] }
  }
}
