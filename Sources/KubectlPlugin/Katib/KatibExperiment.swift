import CRDTypes
import JSON

/// A Katib Experiment (kubeflow.org/v1beta1) turned into a TrainingSweep, with what has no counterpart.
struct KatibExperiment: Sendable {
  let sweep: DynamicObject
  /// Each names a field of the Experiment, and what to do about it.
  let notes: [String]

  /// Whether a document is one of Katib's.
  static func isOne(_ document: JSONValue) -> Bool {
    document["kind"]?.string == "Experiment" && document["apiVersion"]?.string?.hasPrefix("kubeflow.org/") == true
  }

  /// Throws a complaint where there is no sensible sweep at all.
  init(_ experiment: JSONValue) throws {
    guard Self.isOne(experiment) else {
      throw Complaint(
        "the document is no Katib Experiment but \(experiment["apiVersion"]?.string ?? "?") "
          + "\(experiment["kind"]?.string ?? "?")")
    }
    let spec = experiment["spec"] ?? [:]
    var notes: [String] = []
    let name = experiment[path: "metadata", "name"]?.string ?? ""
    guard !name.isEmpty else { throw Complaint("metadata.name of the Experiment is missing: name the sweep there") }
    let space = try KatibParameters(spec["parameters"]?.array ?? [])
    notes += space.notes
    let objective = try KatibObjective(spec["objective"] ?? [:])
    notes += objective.notes
    let algorithm = KatibAlgorithm(spec["algorithm"] ?? [:], stopping: spec["earlyStopping"])
    notes += algorithm.notes
    let template = try KatibTemplate(spec["trialTemplate"] ?? [:], renamed: space.names)
    notes += template.notes
    var sweep = DynamicObject(
      TrainingSweep.type, ObjectKey(namespace: experiment[path: "metadata", "namespace"]?.string, name: name))
    if let labels = experiment[path: "metadata", "labels"]?.stringMap { sweep.labels = labels }
    var out: JSONObject = [
      "objective": objective.json, "parameters": .array(space.parameters), "search": algorithm.search,
      "trials": Self.trials(spec, retries: template.retries, &notes), "template": template.pod,
    ]
    if let stopping = algorithm.stopping { out["earlyStopping"] = stopping }
    if let gpus = template.gpus { out["gpus"] = gpus }
    if let nodes = template.nodes { out["nodes"] = .integer(nodes) }
    if let queue = template.queue { out["queue"] = .string(queue) }
    sweep.spec = .object(out)
    self.sweep = sweep
    Self.noteOthers(spec, &notes)
    self.notes = notes
  }

  private static func trials(_ spec: JSONValue, retries: Int64?, _ notes: inout [String]) -> JSONValue {
    // Katib's default of parallelTrialCount is 3.
    let planned = spec["maxTrialCount"]?.integer
    if planned == nil {
      notes.append(
        "maxTrialCount is not set, which in Katib means no end: the sweep ends after 100 trials (trials.max)")
    }
    return .compact([
      "max": .integer(planned ?? 100), "parallel": .integer(spec["parallelTrialCount"]?.integer ?? 3),
      "maxFailed": spec["maxFailedTrialCount"], "retries": retries.flatMap { $0 > 0 ? .integer(min(20, $0)) : nil },
    ])
  }

  private static func noteOthers(_ spec: JSONValue, _ notes: inout [String]) {
    if let collector = spec[path: "metricsCollectorSpec", "collector", "kind"]?.string {
      notes.append(
        "metricsCollectorSpec (\(collector)) has no counterpart: metrics are read from MLflow, so log them with "
          + "mlflow.log_metric; MLFLOW_RUN_ID and MLFLOW_TRACKING_URI are set in the trial's containers")
    } else {
      notes.append(
        "metrics are not read from standard output, as Katib's default collector does: log them with mlflow.log_metric")
    }
    if let policy = spec["resumePolicy"]?.string, policy != "Never" {
      notes.append("resumePolicy \(policy) is not needed: a sweep goes on when trials.max or a budget is raised")
    }
    if spec["nasConfig"] != nil { notes.append("nasConfig has no counterpart: architecture search is not supported") }
    let known: Set<String> = [
      "parameters", "objective", "algorithm", "earlyStopping", "trialTemplate", "maxTrialCount", "parallelTrialCount",
      "maxFailedTrialCount", "metricsCollectorSpec", "resumePolicy", "nasConfig",
    ]
    for field in (spec.object ?? [:]).keys.sorted() where !known.contains(field) {
      notes.append("\(field) has no counterpart")
    }
  }
}
