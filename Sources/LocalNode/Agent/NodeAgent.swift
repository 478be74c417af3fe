public import CRDTypes
import FoundationEssentials
import JSON
public import KubernetesAPI
import Observability
public import Processes
import Transport

/// A node that runs the pods bound to it as processes of this host.
///
/// It speaks only the Kubernetes API, so it joins any cluster. What it runs is not isolated: see `ContainerInit`.
public actor NodeAgent {
  private struct Entry {
    var worker: PodWorker
    var pod: DynamicObject
    var address: String
    var folder: PodFolder
    var isRunning = true
    var isDeleting = false
    /// The API server no longer has the pod.
    var isGone = false
  }

  private let client: KubernetesClient
  private let configuration: NodeConfiguration
  private let backend: ClusterBackend
  private let processes: ProcessTable
  private let probes = HTTPClient(HTTPClientConfiguration())
  private var entries: [String: Entry] = [:]
  private var addresses: AddressPool
  private var devices: DeviceAllocator
  private let hostIP = "127.0.0.1"

  /// - Parameter processes: one for the whole program: a second one would take the first one's children.
  public init(client: KubernetesClient, configuration: NodeConfiguration, processes: ProcessTable) {
    self.client = client
    self.processes = processes
    self.configuration = configuration
    backend = ClusterBackend(client: client, nodeName: configuration.name)
    addresses = AddressPool(network: configuration.podNetwork)
    devices = DeviceAllocator(count: configuration.gpus)
  }

  /// Registers the node and runs its pods until cancelled; then every pod's processes are killed.
  public func run(onReady: @escaping @Sendable () async -> Void = {}) async throws {
    let registration = NodeRegistration(client: client, configuration: configuration, hostIP: hostIP)
    try await withThrowingDiscardingTaskGroup { group in
      group.addTask { try await registration.run(onRegistered: onReady) }
      await watch(&group)
      group.cancelAll()
    }
    processes.killAll()
    await probes.shutdown()
  }

  private func watch(_ group: inout ThrowingDiscardingTaskGroup<any Error>) async {
    let request = WatchRequest(.pod, selector: ListSelector(fields: "spec.nodeName=\(configuration.name)"))
    var listed: Set<String>? = nil
    for await event in client.watch(request) {
      switch event {
      case .restarted: listed = []
      case .initial(let pod):
        listed?.insert(pod.uid)
        await see(pod, &group)
      case .synced:
        let gone = entries.filter { !(listed ?? []).contains($0.key) }
        for entry in gone.values { forget(entry) }
        listed = nil
      case .applied(let pod): await see(pod, &group)
      case .deleted(let pod): if let entry = entries[pod.uid] { forget(entry) }
      }
    }
    for entry in entries.values { entry.worker.delete(graceSeconds: 0) }
  }

  private func see(_ pod: DynamicObject, _ group: inout ThrowingDiscardingTaskGroup<any Error>) async {
    if entries[pod.uid] != nil {
      entries[pod.uid]?.pod.json["metadata"] = pod.json["metadata"]
      guard pod.isDeleting, let entry = entries[pod.uid] else { return }
      if entry.isRunning {
        let grace = pod.metadata["deletionGracePeriodSeconds"]?.integer ?? 30
        if !entry.isDeleting { entry.worker.delete(graceSeconds: grace) }
        entries[pod.uid]?.isDeleting = true
      } else {
        await remove(pod)
      }
      return
    }
    let phase = pod.status["phase"]?.string
    if phase == "Succeeded" || phase == "Failed" {
      if pod.isDeleting { await remove(pod) }
      return
    }
    await start(pod, &group)
    if pod.isDeleting, let entry = entries[pod.uid] {
      // Nothing of it runs, but how it ended has to be told before it may go.
      entries[pod.uid]?.isDeleting = true
      entry.worker.delete(graceSeconds: 0)
    }
  }

  private func start(_ pod: DynamicObject, _ group: inout ThrowingDiscardingTaskGroup<any Error>) async {
    let wanted = PodRequests(podSpec: pod.spec)[configuration.gpuResource] / 1000
    guard let held = devices.allocate(Int(wanted), to: pod.uid), let address = addresses.take() else {
      let status: JSONValue = [
        "phase": "Failed", "reason": "UnexpectedAdmissionError",
        "message": "the node has too few free devices or addresses for this pod",
      ]
      await backend.report(status, of: pod)
      return
    }
    let folder = PodFolder(nodeFolder: configuration.folder, uid: pod.uid)
    let facts = NodeFacts(
      name: configuration.name, hostIP: hostIP, folder: configuration.folder, initProgram: configuration.initProgram,
      images: configuration.images, environment: configuration.environment, allocatable: configuration.allocatable,
      deviceResource: configuration.gpuResource)
    let launcher = ContainerLauncher(
      node: facts, pod: pod, podIP: pod.spec["hostNetwork"]?.bool == true ? hostIP : address, devices: held,
      folder: folder, backend: backend)
    let worker = PodWorker(
      launcher: launcher, processes: processes, prober: Prober(client: probes, processes: processes),
      letGo: { [self] in await release(pod.uid) })
    entries[pod.uid] = Entry(worker: worker, pod: pod, address: address, folder: folder)
    group.addTask { [self] in
      await worker.run()
      await ended(pod.uid)
    }
  }

  private func ended(_ uid: String) async {
    guard let entry = entries[uid] else { return }
    entries[uid]?.isRunning = false
    if entry.isGone {
      entries[uid] = nil
      entry.folder.remove()
    } else if entry.isDeleting {
      await remove(entry.pod)
    }
  }

  /// Takes back what a pod held. Once its end is known, the next pod that needs it may already be on its way.
  private func release(_ uid: String) {
    guard let entry = entries[uid] else { return }
    devices.release(uid)
    addresses.give(back: entry.address)
  }

  /// Tells the API server that nothing of a pod is left, which lets it go.
  private func remove(_ pod: DynamicObject) async {
    let options = DeleteOptions(propagation: nil, uid: pod.uid, gracePeriodSeconds: 0)
    do {
      try await client.delete(.pod, pod.key, options: options)
    } catch {
      // Gone already, or to be asked for again by the next event.
    }
  }

  private func forget(_ entry: Entry) {
    if entry.isRunning {
      entries[entry.pod.uid]?.isGone = true
      entry.worker.delete(graceSeconds: 0)
    } else {
      entries[entry.pod.uid] = nil
      entry.folder.remove()
    }
  }

  /// A container's log as it is written, or nil where this node has no such pod.
  public func log(of pod: ObjectKey, container: String, previous: Bool, options: LogReader.Options)
    -> AsyncStream<[UInt8]>?
  {
    guard let entry = entries.values.first(where: { $0.pod.key == pod }) else { return nil }
    let worker = entry.worker
    let folder = entry.folder
    return AsyncStream { continuation in
      let task = Task {
        guard let run = await worker.run(of: container, previous: previous) else { return continuation.finish() }
        var reader = LogReader(file: folder.log(container, restart: run), options: options)
        continuation.yield(reader.first())
        while options.follow, !previous, !Task.isCancelled {
          let over = await worker.isOver(container, run: run)
          let more = reader.more()
          if !more.isEmpty { continuation.yield(more) }
          if over { break }
          try? await Task.sleep(for: .milliseconds(100))
        }
        continuation.finish()
      }
      continuation.onTermination = { _ in task.cancel() }
    }
  }
}
