import CRDTypes
import FoundationEssentials
import JSON
public import KubernetesAPI

/// Binds pods to nodes, where no scheduler of Kubernetes does.
public actor Scheduler {
  private let client: KubernetesClient
  private let backend: ClusterBackend
  private var pods: [String: DynamicObject] = [:]
  private var nodes: [String: DynamicObject] = [:]
  private var synced: Set<ResourceType> = []
  private var told: [String: String] = [:]
  private let changes: AsyncStream<Void>
  private let changed: AsyncStream<Void>.Continuation

  public init(client: KubernetesClient) {
    self.client = client
    backend = ClusterBackend(client: client, nodeName: "martlet-scheduler")
    // One pending wake-up is enough: placing looks at everything.
    (changes, changed) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  /// Schedules until cancelled.
  public func run() async {
    await withDiscardingTaskGroup { group in
      group.addTask { await self.follow(.pod) }
      group.addTask { await self.follow(.node) }
      for await _ in changes { await place() }
      group.cancelAll()
    }
  }

  private func follow(_ type: ResourceType) async {
    var fresh: [String: DynamicObject] = [:]
    for await event in client.watch(WatchRequest(type)) {
      switch event {
      case .restarted: fresh = [:]
      case .initial(let object): fresh[object.uid] = object
      case .synced:
        replace(type, fresh)
        synced.insert(type)
      case .applied(let object): set(type, object.uid, object)
      case .deleted(let object): set(type, object.uid, nil)
      }
      if synced.contains(type) { changed.yield() }
    }
    changed.finish()
  }

  private func replace(_ type: ResourceType, _ objects: [String: DynamicObject]) {
    if type == .pod { pods = objects } else { nodes = objects }
  }

  private func set(_ type: ResourceType, _ uid: String, _ object: DynamicObject?) {
    if type == .pod { pods[uid] = object } else { nodes[uid] = object }
    if object == nil { told[uid] = nil }
  }

  private func place() async {
    guard synced.count == 2 else { return }
    let pending = pods.values.filter {
      ($0.spec["nodeName"]?.string ?? "").isEmpty && !$0.isDeleting && ($0.spec["schedulingGates"]?.array ?? []).isEmpty
    }.sorted { ($0.creationTimestamp ?? "", $0.name) < ($1.creationTimestamp ?? "", $1.name) }
    guard !pending.isEmpty else { return }
    let bound = pods.values.filter { !($0.spec["nodeName"]?.string ?? "").isEmpty }
    let verdicts = Placement.place(pending: pending, bound: bound, nodes: Array(nodes.values))
    for (pod, verdict) in verdicts {
      switch verdict {
      case .bind(let node): await bind(pod, to: node)
      case .unschedulable(let message): await refuse(pod, message)
      }
    }
  }

  private func bind(_ pod: DynamicObject, to node: String) async {
    let binding: JSONValue = [
      "apiVersion": "v1", "kind": "Binding", "metadata": ["name": .string(pod.name), "uid": .string(pod.uid)],
      "target": ["apiVersion": "v1", "kind": "Node", "name": .string(node)],
    ]
    do {
      try await client.create(binding, subresource: "binding", of: pod.key, as: .pod)
      // Counts at once; the watch brings the truth.
      pods[pod.uid]?.json[path: "spec", "nodeName"] = .string(node)
    } catch {
      // A pod that is gone or bound by another needs nothing; else the next change places it again.
    }
  }

  private func refuse(_ pod: DynamicObject, _ message: String) async {
    guard told[pod.uid] != message else { return }
    told[pod.uid] = message
    var status = DynamicObject(.pod, pod.key)
    status.json[path: "metadata", "uid"] = .string(pod.uid)
    status.status = [
      "conditions": [
        [
          "type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": .string(message),
          "lastTransitionTime": .string(Timestamp.text(Date())),
        ]
      ]
    ]
    _ = try? await client.apply(status, as: .pod, fieldManager: "martlet-scheduler", subresource: "status")
    await backend.event(pod, warning: true, reason: "FailedScheduling", action: "Scheduling", message: message)
  }
}
