import JSON

/// The trial template of an Experiment as a pod template.
struct KatibTemplate: Sendable {
  private(set) var pod: JSONValue
  private(set) var retries: Int64?
  private(set) var gpus: JSONValue?
  private(set) var nodes: Int64?
  private(set) var queue: String?
  private(set) var notes: [String] = []

  private static let queueLabel = "kueue.x-k8s.io/queue-name"

  /// - Parameter renamed: the sweep's names of parameters by Katib's.
  init(_ template: JSONValue, renamed: [String: String]) throws {
    guard let spec = template["trialSpec"] else {
      throw Complaint(
        template["configMap"] == nil
          ? "spec.trialTemplate.trialSpec of the Experiment is missing"
          : "spec.trialTemplate names a ConfigMap: put its trialSpec into the Experiment, as the sweep has it inline")
    }
    var references: [String: String] = [:]
    for entry in template["trialParameters"]?.array ?? [] {
      guard let name = entry["name"]?.string, let reference = entry["reference"]?.string else { continue }
      references[name] = renamed[reference]
      if renamed[reference] == nil {
        notes.append(
          "trialParameters \(name) refers to \(reference), which is no parameter: its place is left as it is")
      }
    }
    let filled = Self.replacing(spec, references)
    queue = filled[path: "metadata", "labels", Self.queueLabel]?.string
    pod = [:]
    switch filled["kind"]?.string {
    case "Job":
      pod = filled[path: "spec", "template"] ?? [:]
      retries = filled[path: "spec", "backoffLimit"]?.integer
    case "PyTorchJob", "TFJob", "MPIJob", "PaddleJob", "XGBoostJob":
      try takeReplicas(filled)
    case let kind:
      throw Complaint(
        "spec.trialTemplate.trialSpec is a \(kind ?? "(none)"), and only Jobs and Kubeflow's training jobs are understood"
      )
    }
    guard pod[path: "spec", "containers"]?.array?.isEmpty == false else {
      throw Complaint("spec.trialTemplate.trialSpec has no containers")
    }
    takePrimary(template["primaryContainerName"]?.string)
    takeGPUs()
    pod[path: "spec", "restartPolicy"] = nil
    for field in ["successCondition", "failureCondition"] where template[field] != nil {
      notes.append("trialTemplate.\(field) has no counterpart: a trial ends with its Job")
    }
    if template["retain"]?.bool == true {
      notes.append("trialTemplate.retain: Jobs are kept for 1h; keepJobs changes that")
    }
  }

  /// A sweep's parameters are environment variables, which Kubernetes itself expands in command and args.
  private static func replacing(_ value: JSONValue, _ references: [String: String]) -> JSONValue {
    switch value {
    case .string(let text):
      var out = text
      for (name, own) in references { out = out.replacing("${trialParameters.\(name)}", with: "$(\(own))") }
      return .string(out)
    case .array(let elements): return .array(elements.map { replacing($0, references) })
    case .object(let members): return .object(members.mapValues { replacing($0, references) })
    default: return value
    }
  }

  /// The worker's pod, with as many nodes as there are replicas of all roles.
  private mutating func takeReplicas(_ job: JSONValue) throws {
    let kind = job["kind"]?.string ?? ""
    let key = ["PyTorchJob": "pytorchReplicaSpecs", "TFJob": "tfReplicaSpecs", "MPIJob": "mpiReplicaSpecs"][kind]
    guard let key, let roles = job[path: "spec", key]?.object, !roles.isEmpty, kind == "PyTorchJob" else {
      throw Complaint("spec.trialTemplate.trialSpec is a \(kind), of which only PyTorchJob has a counterpart (nodes)")
    }
    let role = roles["Worker"] ?? roles["Master"] ?? [:]
    pod = (roles["Master"] ?? role)["template"] ?? [:]
    let count = roles.values.reduce(0) { $0 + ($1["replicas"]?.integer ?? 1) }
    if count > 1 {
      nodes = count
      notes.append(
        "\(kind) becomes \(count) nodes of one pod template (that of Master): start the program with torchrun, which reads "
          + "PET_NNODES, PET_NODE_RANK and PET_MASTER_ADDR")
    }
    let templates = Set(roles.values.compactMap { $0["template"]?.text() })
    if templates.count > 1 { notes.append("the roles of \(kind) have different pods: that of Master is taken for all") }
  }

  /// The first container is the one that gets the GPUs.
  private mutating func takePrimary(_ name: String?) {
    guard let name, var containers = pod[path: "spec", "containers"]?.array,
      let index = containers.firstIndex(where: { $0["name"]?.string == name }), index > 0
    else { return }
    containers.insert(containers.remove(at: index), at: 0)
    pod[path: "spec", "containers"] = .array(containers)
  }

  private mutating func takeGPUs() {
    guard var containers = pod[path: "spec", "containers"]?.array, let first = containers.first else { return }
    let limits = (first[path: "resources", "limits"] ?? first[path: "resources", "requests"])?.object ?? [:]
    guard let resource = limits.keys.sorted().first(where: { $0.hasSuffix("/gpu") || $0.contains("/mig-") }),
      let amount = limits[resource]?.integer ?? limits[resource]?.string.flatMap({ Int64($0) }), amount > 0
    else { return }
    gpus = ["perTrial": .integer(amount), "resource": .string(resource)]
    for kind in ["limits", "requests"] { containers[0][path: "resources", kind, resource] = nil }
    pod[path: "spec", "containers"] = .array(containers)
  }
}
