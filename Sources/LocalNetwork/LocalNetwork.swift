import CRDTypes
import Glibc
public import KubernetesAPI
public import Observability
public import Processes

/// The network of a local cluster: cluster addresses that lead to pods (HAProxy), and Ingresses (nginx), both on
/// loopback. It speaks only the Kubernetes API.
public struct LocalNetwork: Sendable {
  public struct Settings: Sendable {
    /// Where configurations and sockets go; must exist.
    public var folder: String
    public var ingressPort: Int
    public var ingressTLSPort: Int
    public var ingressClass = "nginx"
    public var haproxy = "/usr/sbin/haproxy"
    public var nginx = "/usr/sbin/nginx"

    public init(folder: String, ingressPort: Int, ingressTLSPort: Int) {
      self.folder = folder
      self.ingressPort = ingressPort
      self.ingressTLSPort = ingressTLSPort
    }
  }

  private let client: KubernetesClient
  private let settings: Settings
  private let processes: ProcessTable
  private let log: Logger

  public init(client: KubernetesClient, settings: Settings, processes: ProcessTable, log: Logger) {
    self.client = client
    self.settings = settings
    self.processes = processes
    self.log = log.named("network")
  }

  /// Serves until cancelled.
  public func run() async {
    let (tables, table) = AsyncStream<ServiceTable>.makeStream(bufferingPolicy: .bufferingNewest(1))
    let (updates, update) = AsyncStream<IngressRoutes>.makeStream(bufferingPolicy: .bufferingNewest(1))
    let state = NetworkState(settings: settings, table: table, update: update)
    let services = ServiceProxy(folder: settings.folder, program: settings.haproxy, processes: processes, log: log)
    let ingresses = IngressProxy(
      client: client, folder: settings.folder, program: settings.nginx, port: settings.ingressPort,
      tlsPort: settings.ingressTLSPort, processes: processes, log: log)
    let className = settings.ingressClass
    await withDiscardingTaskGroup { group in
      group.addTask { await services.run(tables) }
      group.addTask { await ingresses.run(updates) }
      for type in [ResourceType.service, .pod, .ingress] {
        group.addTask { [client] in
          var listed: [DynamicObject] = []
          for await event in client.watch(WatchRequest(type)) {
            switch event {
            case .restarted: listed = []
            case .initial(let object): listed.append(object)
            case .synced: await state.replace(type, listed)
            case .applied(let object): await state.set(type, object)
            case .deleted(let object): await state.remove(type, object.key)
            }
            if case .applied(let object) = event, type == .ingress {
              await ingresses.publish(object, className: className)
            }
            if case .initial(let object) = event, type == .ingress {
              await ingresses.publish(object, className: className)
            }
          }
        }
      }
    }
  }
}

/// What was last seen of the objects that make the network.
actor NetworkState {
  private let settings: LocalNetwork.Settings
  private let table: AsyncStream<ServiceTable>.Continuation
  private let update: AsyncStream<IngressRoutes>.Continuation
  private var objects: [ResourceType: [ObjectKey: DynamicObject]] = [:]
  private var published = false

  init(
    settings: LocalNetwork.Settings, table: AsyncStream<ServiceTable>.Continuation,
    update: AsyncStream<IngressRoutes>.Continuation
  ) {
    self.settings = settings
    self.table = table
    self.update = update
  }

  func replace(_ type: ResourceType, _ list: [DynamicObject]) {
    objects[type] = Dictionary(list.map { ($0.key, $0) }, uniquingKeysWith: { _, last in last })
    publish(type)
  }

  func set(_ type: ResourceType, _ object: DynamicObject) {
    objects[type, default: [:]][object.key] = object
    publish(type)
  }

  func remove(_ type: ResourceType, _ key: ObjectKey) {
    objects[type, default: [:]][key] = nil
    publish(type)
  }

  private func list(_ type: ResourceType) -> [DynamicObject] { objects[type].map { Array($0.values) } ?? [] }

  private func publish(_ type: ResourceType) {
    // Until everything has been listed once there is nothing whole to serve.
    guard objects.count == 3 else { return }
    // Both proxies need a first state, even if the last kind to arrive concerns only one of them.
    if type != .ingress || !published { table.yield(ServiceTable(services: list(.service), pods: list(.pod))) }
    if type != .pod || !published {
      update.yield(
        IngressRoutes(ingresses: list(.ingress), services: list(.service), className: settings.ingressClass))
    }
    published = true
  }
}
