import CRDTypes
import ControllerKit
import JSON
import KubernetesAPI
import Planning

/// The caches that all controllers share. Of built-in kinds they hold only what the operator made.
struct Caches: Sendable {
  let sweeps: Informer
  let modelDeployments: Informer
  let experiments: Informer
  let featureSets: Informer
  let jobs: Informer
  let pods: Informer
  /// Deployments, Services and the like, by kind.
  let children: [ResourceType: Informer]

  /// The index of model deployments by the sweep that they serve.
  static let bySweep = "sweep"
  /// The index of model deployments by the class, host and path of their Ingress.
  static let byClaim = "claim"
  /// The index of sweeps by those whose results they begin with.
  static let byEarlierSweep = "earlier"
  /// The index of experiments by the model deployments that are their variants.
  static let byVariant = "variant"
  static let byModelDeployment = ObjectIndex.label(ServingPlanner.podLabel)
  static let byRouter = ObjectIndex.label(ServingPlanner.routerLabel)
  static let byExperiment = ObjectIndex.label(ExperimentPlanner.podLabel)

  static let childTypes: [ResourceType] = [
    .deployment, .service, .ingress, .horizontalPodAutoscaler, .configMap, .podDisruptionBudget,
  ]

  /// - Parameter namespaces: where to watch; empty for the whole cluster.
  init(namespaces: [String]) {
    let made = ListSelector.labels(["app.kubernetes.io/managed-by": "martlet"])
    func custom<Resource: CustomResource>(_: Resource.Type, _ indexes: [ObjectIndex] = []) -> Informer {
      Informer(Resource.type, namespaces: namespaces, indexes: indexes)
    }
    sweeps = custom(
      TrainingSweep.self,
      [
        ObjectIndex(Self.byEarlierSweep) { object in
          (object.spec[path: "search", "warmStart"]?.array ?? []).compactMap { $0["sweep"]?.string }
            .map { ObjectKey(namespace: object.namespace, name: $0).description }
        }
      ])
    modelDeployments = custom(
      ModelDeployment.self,
      [
        ObjectIndex(Self.bySweep) { object in
          object.spec[path: "model", "sweep", "name"]?.string
            .map { [ObjectKey(namespace: object.namespace, name: $0).description] } ?? []
        },
        ObjectIndex(Self.byClaim) { object in ServingPlanner.claim(object).map { [$0] } ?? [] },
      ])
    experiments = custom(
      ABExperiment.self,
      [
        ObjectIndex(Self.byVariant) { object in
          (object.spec["variants"]?.array ?? []).compactMap { $0["deployment"]?.string }
            .map { ObjectKey(namespace: object.namespace, name: $0).description }
        }
      ])
    featureSets = custom(FeatureSet.self)
    jobs = Informer(
      .job, namespaces: namespaces, selector: made, transform: ObjectTransform(also: Self.shrink))
    pods = Informer(
      .pod, namespaces: namespaces, selector: made, indexes: [Self.byModelDeployment, Self.byRouter, Self.byExperiment],
      transform: ObjectTransform(dropping: [["spec"]]))
    children = Dictionary(
      uniqueKeysWithValues: Self.childTypes.map { ($0, Informer($0, namespaces: namespaces, selector: made)) })
  }

  /// Leaves of a Job what says which trial it is and how far: there may be thousands of them.
  private static func shrink(_ job: inout DynamicObject) {
    let metadata: Set<String> = [
      "name", "namespace", "uid", "resourceVersion", "creationTimestamp", "deletionTimestamp", "finalizers",
      "ownerReferences",
    ]
    let labels = job.labels.filter { $0.key == SweepKeys.trial || $0.key == SweepKeys.attempt }
    let annotations = job.annotations.filter { $0.key == SweepKeys.parameters || $0.key == SweepKeys.run }
    job.json["metadata"] = .object((job.metadata.object ?? [:]).filter { metadata.contains($0.key) })
    job.labels = labels
    job.annotations = annotations
    job.json["spec"] = job.spec["suspend"].map { ["suspend": $0] }
    let conditions = (job.status["conditions"]?.array ?? []).filter { condition in
      condition["status"]?.string == "True" && ["Complete", "Failed"].contains(condition["type"]?.string)
    }
    job.json["status"] = .compact([
      "startTime": job.status["startTime"], "completionTime": job.status["completionTime"],
      "ready": job.status["ready"], "conditions": conditions.isEmpty ? nil : .array(conditions),
    ])
  }

  var all: [Informer] {
    [sweeps, modelDeployments, experiments, featureSets, jobs, pods] + Self.childTypes.compactMap { children[$0] }
  }

  /// Sources for the objects that a kind owns.
  func owned(_ types: [ResourceType], by owner: ResourceType) -> [Source] {
    types.compactMap { children[$0] }.map { .owned($0, by: owner) }
  }
}
