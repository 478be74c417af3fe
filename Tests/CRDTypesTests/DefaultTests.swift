import CRDTypes
import JSON
import Testing

@Suite("Defaults")
struct DefaultTests {
  private func pair<Spec: Decodable>(_ schema: Schema, _ json: JSONValue, as type: Spec.Type) throws -> (Spec, Spec) {
    (try json.decoded(as: Spec.self), try schema.defaulted(json).decoded(as: Spec.self))
  }

  @Test("A bare sweep means the same with and without the API server's defaults")
  func sweep() throws {
    let json: JSONValue = [
      "objective": ["metric": "loss", "goal": "Minimize"], "parameters": [], "template": [:], "gpus": [:],
      "earlyStopping": ["asha": [:]],
    ]
    let (bare, full) = try pair(TrainingSweep.definition.spec, json, as: TrainingSweep.Spec.self)
    #expect(bare.search == nil && full.search?.algorithm == .auto)
    for (left, right) in zip(summary(bare), summary(full)) { #expect(left == right) }

    func summary(_ spec: TrainingSweep.Spec) -> [String] {
      [
        "\(spec.algorithm) \(spec.seed)", "\(spec.maxTrials) \(spec.parallelTrials) \(spec.retriesPerTrial)",
        "\(String(describing: spec.maxFailedTrials)) \(String(describing: spec.trialTimeout))",
        "\(spec.metricGracePeriod) \(spec.rerunFailed)", "\(spec.folds) \(spec.nodeCount) \(spec.podsPerTrial)",
        "\(spec.gpusPerPod) \(spec.gpuResource)", "\(spec.jobRetention) \(spec.isSuspended) \(spec.finishPolicy)",
        "\(String(describing: spec.objective?.curveStatistic))",
        "\(String(describing: spec.earlyStopping?.asha?.firstRung))",
        "\(String(describing: spec.earlyStopping?.asha?.factor))",
      ]
    }
  }

  @Test("A bare deployment means the same with and without the API server's defaults")
  func deployment() throws {
    let json: JSONValue = ["model": ["run": "abc"], "server": [:], "rollout": [:], "autoscaling": ["max": 3]]
    let (bare, full) = try pair(ModelDeployment.definition.spec, json, as: ModelDeployment.Spec.self)
    for (left, right) in zip(summary(bare), summary(full)) { #expect(left == right) }

    func summary(_ spec: ModelDeployment.Spec) -> [String] {
      [
        "\(spec.replicaCount) \(spec.updatePolicy) \(spec.routeProvider) \(spec.runtime) \(spec.port)",
        "\(spec.strategy) \(spec.rolloutDeadline) \(spec.drainTime) \(spec.warmTime) \(spec.historyLimit)",
        "\(String(describing: spec.autoscaling?.minimum)) \(spec.model.artifactName)",
      ]
    }
  }

  @Test("A bare experiment and a bare feature set mean the same with and without the API server's defaults")
  func others() throws {
    let experiment: JSONValue = [
      "assignment": ["header": "X"],
      "variants": [["name": "a", "deployment": "a", "control": true], ["name": "b", "deployment": "b"]],
      "metrics": [["name": "requests", "goal": "Increase"]],
    ]
    let (bare, full) = try pair(ABExperiment.definition.spec, experiment, as: ABExperiment.Spec.self)
    #expect(bare.initialWeights == full.initialWeights && bare.initialWeights == [50, 50])
    #expect(bare.control?.name == full.control?.name && bare.routeProvider == full.routeProvider)
    #expect(bare.routerReplicas == full.routerReplicas && bare.isSuspended == full.isSuspended)
    #expect(bare.metrics?.map(\.effectiveRole) == full.metrics?.map(\.effectiveRole))
    #expect(bare.metrics?.map(\.effectiveMeasure) == full.metrics?.map(\.effectiveMeasure))

    let features: JSONValue = [
      "entity": ["name": "user", "keys": []], "source": ["secret": "s", "table": "t", "timestamp": "at"],
      "features": [], "online": ["redis": ["secret": "s"]],
    ]
    let (bareSet, fullSet) = try pair(FeatureSet.definition.spec, features, as: FeatureSet.Spec.self)
    #expect(bareSet.interval == fullSet.interval && bareSet.interval == .seconds(300))
    #expect(bareSet.freshnessLimit == fullSet.freshnessLimit && bareSet.freshnessLimit == .seconds(900))
    #expect(bareSet.timeBound == fullSet.timeBound && bareSet.isSuspended == fullSet.isSuspended)
  }

  @Test("Equal shares give the remainder to the first variants and sum to 100", arguments: 2...16)
  func shares(count: Int) {
    let variants = (0..<count).map { ABExperiment.Variant(name: "v\($0)", deployment: "d") }
    let spec = ABExperiment.Spec(assignment: ABExperiment.Assignment(header: "X"), variants: variants)
    #expect(spec.initialWeights.reduce(0, +) == 100)
    #expect(Set(spec.initialWeights).count <= 2)
  }
}
