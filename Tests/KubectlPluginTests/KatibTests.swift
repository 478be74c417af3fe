import CRDTypes
import JSON
import KubernetesAPI
import Testing
import YAML

@testable import KubectlPlugin

/// An Experiment of a Job, with parts put in.
private func experiment(
  algorithm: String = "{algorithmName: random}", parameters: String? = nil, more: String = "", trial: String? = nil
) -> String {
  """
  apiVersion: kubeflow.org/v1beta1
  kind: Experiment
  metadata: {name: tune, namespace: ml}
  spec:
    objective: {type: maximize, goal: 0.99, objectiveMetricName: accuracy, additionalMetricNames: [loss]}
    algorithm: \(algorithm)
    parallelTrialCount: 3
    maxTrialCount: 12
    maxFailedTrialCount: 3
    parameters: \(parameters ?? "[{name: lr, parameterType: double, feasibleSpace: {min: '0.01', max: '0.3'}}]")
    trialTemplate:
      primaryContainerName: training
      trialParameters: [{name: learningRate, reference: lr}]
      trialSpec: \(trial ?? job)
  \(more.isEmpty ? "" : "  " + more)
  """
}

private let job = """
  {apiVersion: batch/v1, kind: Job, spec: {backoffLimit: 2, template: {spec: {restartPolicy: Never, containers: [
          {name: sidecar, image: "log:1"},
          {name: training, image: "train:1", command: [python, "--lr=${trialParameters.learningRate}"],
           resources: {limits: {nvidia.com/gpu: 2, memory: 1Gi}}}]}}}}
  """

private func converted(_ text: String) throws -> KatibExperiment {
  try KatibExperiment(try JSONValue(yaml: text))
}

@Suite("Katib's Experiments")
struct KatibTests {
  @Test("a Job's Experiment becomes a valid sweep with the same search")
  func job() throws {
    let made = try converted(experiment())
    let spec = try made.sweep.typed(as: TrainingSweep.self).spec
    #expect(spec.problems().isEmpty)
    #expect(made.sweep.name == "tune" && made.sweep.namespace == "ml")
    #expect(spec.objective?.metric == "accuracy" && spec.objective?.goal == .maximize)
    #expect(spec.objective?.target == "0.99" && spec.objective?.statistic == .max)
    #expect(spec.trials?.max == 12 && spec.trials?.parallel == 3 && spec.trials?.maxFailed == 3)
    #expect(spec.trials?.retries == 2)
    #expect(spec.gpus?.perTrial == 2 && spec.gpus?.resource == "nvidia.com/gpu")
    let first = spec.template[path: "spec", "containers"]?[0]
    #expect(first?["name"]?.string == "training", "the primary container comes first")
    #expect(first?["command"]?[1]?.string == "--lr=$(lr)")
    #expect(first?[path: "resources", "limits"]?.object?.keys.sorted() == ["memory"])
    #expect(made.notes.contains { $0.contains("mlflow.log_metric") })
    #expect(made.notes.contains { $0.contains("additionalMetricNames (loss)") })
  }

  @Test(
    "algorithms have their counterparts",
    arguments: [
      ("random", TrainingSweep.Algorithm.random), ("grid", .grid), ("tpe", .tpe), ("multivariate-tpe", .tpe),
      ("bayesianoptimization", .gp), ("cmaes", .cmaes), ("sobol", .sobol), ("hyperband", .hyperband), ("pbt", .auto),
      ("darts", .auto),
    ])
  func algorithms(name: String, expected: TrainingSweep.Algorithm) throws {
    let settings =
      "{algorithmName: \(name), algorithmSettings: [{name: random_state, value: '7'}, {name: n_fish, value: '3'}]}"
    let made = try converted(
      experiment(
        algorithm: settings,
        parameters: "[{name: lr, parameterType: double, feasibleSpace: {min: '0.1', max: '0.3', step: '0.1'}}]"))
    let spec = try made.sweep.typed(as: TrainingSweep.self).spec
    #expect(spec.search?.algorithm == expected)
    #expect(spec.search?.seed == 7)
    #expect(spec.problems().isEmpty)
    #expect(made.notes.contains { $0.contains("n_fish=3 has no counterpart") })
    #expect(made.notes.contains { $0.contains("algorithm \(name) has no counterpart") } == (expected == .auto))
  }

  @Test("parameters of every type keep their ranges, steps, scales and order, and get names that variables may have")
  func parameters() throws {
    let made = try converted(
      experiment(
        parameters: """
          [{name: lr, parameterType: double, feasibleSpace: {min: '1e-5', max: '0.1', distribution: logUniform}},
               {name: num-layers, parameterType: int, feasibleSpace: {min: '2', max: '8', step: '2'}},
               {name: num_layers, parameterType: int, feasibleSpace: {min: '1', max: '2'}},
               {name: batch, parameterType: discrete, feasibleSpace: {list: ['64', '8', '16']}},
               {name: opt, parameterType: categorical, feasibleSpace: {list: [sgd, adam]}},
               {name: drop, parameterType: double, feasibleSpace: {min: '0', max: '1', distribution: normal}}]
          """))
    let parameters = try made.sweep.typed(as: TrainingSweep.self).spec.parameters
    #expect(parameters.map(\.name) == ["lr", "num_layers", "num_layers_2", "batch", "opt", "drop"])
    #expect(parameters[0].double?.scale == .log)
    #expect(parameters[1].int?.step == 2)
    #expect(parameters[3].categorical?.choices == ["8", "16", "64"] && parameters[3].categorical?.ordered == true)
    #expect(parameters[4].categorical?.ordered != true)
    #expect(made.notes.contains { $0.contains("num-layers is called num_layers") })
    #expect(made.notes.contains { $0.contains("drop: distribution normal") })
  }

  @Test("early stopping, collectors and policies are translated or named")
  func others() throws {
    let made = try converted(
      experiment(
        more: """
          earlyStopping: {algorithmName: medianstop, algorithmSettings: [{name: min_trials_required, value: '4'}, {name: start_step, value: '3'}]}
            metricsCollectorSpec: {collector: {kind: TensorFlowEvent}}
            resumePolicy: FromVolume
            suggestionDebug: true
          """))
    let spec = try made.sweep.typed(as: TrainingSweep.self).spec
    #expect(spec.earlyStopping?.median?.minTrials == 4 && spec.earlyStopping?.median?.minSteps == 3)
    for text in ["TensorFlowEvent", "resumePolicy FromVolume", "suggestionDebug has no counterpart"] {
      #expect(made.notes.contains { $0.contains(text) })
    }
  }

  @Test("a PyTorchJob becomes nodes")
  func pyTorch() throws {
    let made = try converted(
      experiment(
        trial: """
          {apiVersion: kubeflow.org/v1, kind: PyTorchJob, spec: {pytorchReplicaSpecs: {
                 Master: {replicas: 1, template: {spec: {containers: [{name: pytorch, image: "t:1"}]}}},
                 Worker: {replicas: 3, template: {spec: {containers: [{name: pytorch, image: "t:1"}]}}}}}}
          """))
    let spec = try made.sweep.typed(as: TrainingSweep.self).spec
    #expect(spec.nodes == 4)
    #expect(spec.problems().isEmpty)
    #expect(made.notes.contains { $0.contains("torchrun") })
  }

  @Test(
    "what makes no sweep is refused with the field",
    arguments: [
      ("kind: Deployment\napiVersion: apps/v1", "no Katib Experiment"),
      (experiment(parameters: "[]"), "spec.parameters"),
      (experiment(parameters: "[{name: x, parameterType: color, feasibleSpace: {}}]"), "parameterType color"),
      (
        experiment(parameters: "[{name: x, parameterType: double, feasibleSpace: {min: a, max: b}}]"), "must be numbers"
      ),
      (experiment(trial: "{kind: Workflow}"), "Workflow"),
      (experiment(trial: "{kind: TFJob, spec: {tfReplicaSpecs: {Worker: {}}}}"), "only PyTorchJob"),
    ])
  func refused(text: String, part: String) throws {
    let complaint = #expect(throws: Complaint.self) { try converted(text) }
    #expect(complaint?.description.contains(part) == true)
  }
}
