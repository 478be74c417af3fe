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
    let jobTransform = JobTransform()
    jobs = Informer(
      .job, namespaces: namespaces, selector: made, transform: ObjectTransform(also: { jobTransform(&$0) }))
    pods = Informer(
      .pod, namespaces: namespaces, selector: made, indexes: [Self.byModelDeployment, Self.byRouter, Self.byExperiment],
      transform: ObjectTransform(dropping: [["spec"]]))
    children = Dictionary(
      uniqueKeysWithValues: Self.childTypes.map { ($0, Informer($0, namespaces: namespaces, selector: made)) })
  }

  var all: [Informer] {
    [sweeps, modelDeployments, experiments, featureSets, jobs, pods] + Self.childTypes.compactMap { children[$0] }
  }

  /// Sources for the objects that a kind owns.
  func owned(_ types: [ResourceType], by owner: ResourceType) -> [Source] {
    types.compactMap { children[$0] }.map { .owned($0, by: owner) }
  }
}
