public import ControllerKit
import CRDTypes
import JSON

/// The caches that the controllers of the local cluster share.
public struct ControllerCaches: Sendable {
  public let pods = Informer(.pod)
  public let jobs = Informer(.job)
  public let replicaSets = Informer(.replicaSet)
  public let deployments = Informer(.deployment)
  public let services = Informer(.service)
  public let endpointSlices = Informer(.endpointSlice)
  public let budgets = Informer(.podDisruptionBudget)

  public init() {}

  /// The objects of a namespace that an object controls.
  func controlled(_ informer: Informer, by owner: DynamicObject) -> [DynamicObject] {
    informer.objects(ownedBy: owner.uid).filter { $0.controllerReference?.uid == owner.uid }
  }
}
