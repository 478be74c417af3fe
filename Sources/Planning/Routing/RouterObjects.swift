public import CRDTypes
import JSON

/// A router's objects as they are, and its pods.
public struct RouterObjects: Sendable {
  public var configMap: DynamicObject?
  public var secret: DynamicObject?
  public var deployment: DynamicObject?
  public var service: DynamicObject?
  public var disruptionBudget: DynamicObject?
  /// The pods that are ready.
  public var pods: [RouterPod]
  /// The configurations of all pods that there are, those that end among them.
  public var configurations: Set<String>
  /// A random text, used once: the control token of a router that has none yet.
  public var freshToken: String

  public init(
    configMap: DynamicObject? = nil, secret: DynamicObject? = nil, deployment: DynamicObject? = nil,
    service: DynamicObject? = nil, disruptionBudget: DynamicObject? = nil, pods: [RouterPod] = [], configurations: Set<String> = [],
    freshToken: String
  ) {
    self.configMap = configMap
    self.secret = secret
    self.deployment = deployment
    self.service = service
    self.disruptionBudget = disruptionBudget
    self.pods = pods
    self.configurations = configurations
    self.freshToken = freshToken
  }

  /// The kinds of objects that a router has, all under one name.
  static let types: [ResourceType] = [.configMap, .secret, .deployment, .service, .podDisruptionBudget]

  /// The split that its pods begin with.
  var slots: SlotTable? { configMap?.json[path: "data", "slots.map"]?.string.flatMap(SlotTable.init(text:)) }

  /// What is to be written so that the router is as its manifests say. The Service is left out where `key` names
  /// another that selects its pods.
  func steps<Status, Record>(
    toward manifests: RouterManifests, withService: Bool = true
  ) -> [Plan<Status, Record>.Step] {
    var out: [Plan<Status, Record>.Step] = []
    if secret == nil { out.append(.create(manifests.secret(token: freshToken))) }
    var wanted: [(DynamicObject, DynamicObject?)] = [
      (manifests.configMap, configMap), (manifests.deployment, deployment),
      (manifests.disruptionBudget, disruptionBudget),
    ]
    if withService { wanted.insert((manifests.service, service), at: 2) }
    out += wanted.compactMap { .applied($0, over: $1) }
    return out
  }

  /// The changes that running pods need for the split.
  func changes(to slots: SlotTable) -> [SlotChange] {
    pods.filter { $0.version != nil && $0.version != slots.version }
      .map { SlotChange(pod: $0.pod, address: $0.address, slots: slots) }
  }

  /// The pods whose split is another, or is not known.
  func lagging(behind slots: SlotTable) -> [RouterPod] { pods.filter { $0.version != slots.version } }
}
