import CRDTypes
import FoundationEssentials
import JSON
import Search

/// The Job of one attempt.
struct TrialManifest: Sendable {
  let sweep: TrainingSweep
  let design: SweepDesign
  let access: SweepObservation.Access
  let experimentID: String
  let settings: SweepPlanner.Settings

  func job(_ trial: Int, attempt: Int, _ values: [String: String], runID: String) -> DynamicObject {
    let name = sweep.metadata.name ?? ""
    let labels = [
      "app.kubernetes.io/name": "martlet-trial", "app.kubernetes.io/instance": name,
      "app.kubernetes.io/component": "trial", "app.kubernetes.io/managed-by": "martlet",
      SweepKeys.sweep: name, SweepKeys.trial: "\(trial)", SweepKeys.attempt: "\(attempt)",
    ]
    let parameters = JSONValue(values).text()
    var job = DynamicObject(
      .job,
      ObjectKey(
        namespace: sweep.metadata.namespace,
        name: TrialName.job(sweep: name, trial: trial, attempt: attempt)))
    job.labels = labels.merging(queueLabels) { $1 }
    job.annotations = [SweepKeys.parameters: parameters, SweepKeys.run: runID]
    job.ownerReferences = [sweep.controllerReference]
    job.spec = .compact([
      "backoffLimit": 0,
      // Preemption, eviction, drain and node loss are no failures: the Job controller makes another pod
      // (KEP-3329). That needs the old pod to be gone first, so that two never share a run.
      "podFailurePolicy": [
        "rules": [["action": "Ignore", "onPodConditions": [["type": "DisruptionTarget", "status": "True"]]]]
      ],
      "podReplacementPolicy": "Failed",
      "activeDeadlineSeconds": design.timeout.map { .integer(Int64(max(1, $0.rounded(.up)))) },
      // Kueue takes the Job from here; without the label nothing would ever resume it.
      "suspend": sweep.spec.queue == nil ? nil : true,
      // Folds and nodes tell themselves apart by their index (KEP-2214).
      "completionMode": design.pods > 1 || design.folds != nil ? "Indexed" : nil,
      "completions": design.pods > 1 ? .integer(Int64(design.pods)) : nil,
      "parallelism": design.pods > 1 ? .integer(Int64(design.pods)) : nil,
      "template": template(labels, parameters, environment(trial, attempt, values, runID, job.name)),
    ])
    return job
  }

  private var queueLabels: [String: String] {
    var labels: [String: String] = [:]
    if let queue = sweep.spec.queue { labels["kueue.x-k8s.io/queue-name"] = queue }
    if let priority = sweep.spec.priorityClass { labels["kueue.x-k8s.io/priority-class"] = priority }
    return labels
  }

  private func template(_ labels: [String: String], _ annotation: String, _ own: [JSONValue]) -> JSONValue {
    var template = sweep.spec.template
    let userLabels = template["metadata"]?["labels"]?.stringMap ?? [:]
    let userAnnotations = template["metadata"]?["annotations"]?.stringMap ?? [:]
    template[path: "metadata", "labels"] = JSONValue(userLabels.merging(labels) { $1 })
    template[path: "metadata", "annotations"] = JSONValue(
      userAnnotations.merging([SweepKeys.parameters: annotation]) { $1 })
    var pod = template["spec"] ?? [:]
    // What podFailurePolicy needs; a container that restarts would also go on with a run that has an end.
    pod["restartPolicy"] = "Never"
    if design.nodes > 1 { pod["subdomain"] = .string(TrialName.service(sweep: sweep.metadata.name ?? "")) }
    if settings.restrictsPods { restrict(&pod) }
    for list in ["initContainers", "containers"] {
      guard let containers = pod[list]?.array else { continue }
      pod[list] = .array(
        containers.enumerated().map { index, container in
          var container = container
          container["env"] = .array(environment(own, before: container["env"]?.array ?? []))
          if settings.restrictsPods { restrict(container: &container) }
          // The end of the log of a container that failed then stands in the pod's status, where no log need be read.
          if container["terminationMessagePolicy"] == nil {
            container["terminationMessagePolicy"] = "FallbackToLogsOnError"
          }
          if list == "containers", index == 0, design.gpus > 0 {
            for kind in ["requests", "limits"] {
              container[path: "resources", kind, design.gpuResource] = .string("\(design.gpus)")
            }
          }
          return container
        })
    }
    template["spec"] = pod
    return template
  }

  /// The operator's variables: the parameters by name, how to reach the run, and which fold or node a pod is.
  private func environment(
    _ trial: Int, _ attempt: Int, _ parameters: [String: String], _ runID: String, _ job: String
  ) -> [JSONValue] {
    func variable(_ name: String, _ value: String) -> JSONValue { ["name": .string(name), "value": .string(value)] }
    var out = parameters.sorted { $0.key < $1.key }.map { variable($0.key, Self.literal($0.value)) }
    if let folds = design.folds {
      out += [
        TrialNodes.index, variable("MARTLET_FOLDS", "\(folds)"),
        variable("MLFLOW_RUN_CONTEXT", foldContext(trial, attempt, runID, job)),
      ]
    } else {
      out.append(variable("MLFLOW_RUN_ID", runID))
    }
    out += [
      variable("MLFLOW_EXPERIMENT_ID", Self.literal(experimentID)),
      variable("MLFLOW_TRACKING_URI", Self.literal(access.trackingURI)),
    ]
    if design.nodes > 1 {
      out += TrialNodes.environment(
        sweep: sweep.metadata.name ?? "", namespace: sweep.metadata.namespace ?? "", job: job, nodes: design.nodes,
        gpus: design.gpus)
    }
    return out + access.environment
  }

  /// All pods of a Job have one template, so a fold's run cannot be made before its pod: MLflow's client makes it, and
  /// gives it these tags (mlflow/tracking/context/system_environment_context.py).
  private func foldContext(_ trial: Int, _ attempt: Int, _ parent: String, _ job: String) -> String {
    // Neither names nor identifiers hold a dollar sign, so that the one reference is that of the index.
    let index = "$(JOB_COMPLETION_INDEX)"
    let tags: [String: String] = [
      SweepKeys.Tag.parent: parent, SweepKeys.Tag.sweepUID: sweep.metadata.uid ?? "",
      SweepKeys.Tag.sweep: "\(sweep.metadata.namespace ?? "")/\(sweep.metadata.name ?? "")",
      SweepKeys.Tag.trial: "\(trial)", SweepKeys.Tag.attempt: "\(attempt)", SweepKeys.Tag.fold: index,
      SweepKeys.Tag.runName: "\(job)-fold-\(index)",
    ]
    return JSONValue(tags).text()
  }

  /// Kubernetes expands `$(NAME)` in values; `$$` stands for a dollar sign.
  private static func literal(_ value: String) -> String {
    value.split(separator: "$", omittingEmptySubsequences: false).joined(separator: "$$")
  }

  /// The operator's variables come first, so that the user's may refer to them as `$(name)`. A name comes once: the
  /// operator's value holds, except for how to reach MLflow, where the user's does.
  private func environment(_ own: [JSONValue], before users: [JSONValue]) -> [JSONValue] {
    let fixed = Set(
      design.space.parameters.map(\.name)
        + ["MLFLOW_RUN_ID", "MLFLOW_EXPERIMENT_ID", "MLFLOW_RUN_CONTEXT", "MARTLET_FOLDS", "JOB_COMPLETION_INDEX"])
    let kept = users.filter { !fixed.contains($0["name"]?.string ?? "") }
    let names = Set(kept.compactMap { $0["name"]?.string })
    return own.filter { !names.contains($0["name"]?.string ?? "") } + kept
  }

  /// What the `restricted` Pod Security Standard asks of a pod, where the user has said nothing.
  private func restrict(_ pod: inout JSONValue) {
    if pod[path: "securityContext", "seccompProfile"] == nil {
      pod[path: "securityContext", "seccompProfile"] = ["type": "RuntimeDefault"]
    }
    if pod[path: "securityContext", "runAsNonRoot"] == nil, pod[path: "securityContext", "runAsUser"]?.int != 0 {
      pod[path: "securityContext", "runAsNonRoot"] = true
    }
  }

  private func restrict(container: inout JSONValue) {
    if container[path: "securityContext", "privileged"]?.bool == true { return }
    if container[path: "securityContext", "allowPrivilegeEscalation"] == nil {
      container[path: "securityContext", "allowPrivilegeEscalation"] = false
    }
    if container[path: "securityContext", "capabilities", "drop"] == nil {
      container[path: "securityContext", "capabilities", "drop"] = ["ALL"]
    }
  }
}
