/// How a node presents itself, and what it has.
public struct NodeConfiguration: Sendable {
  public var name: String
  /// Where pods' files go.
  public var folder: String
  /// The program whose `container-init` verb starts containers: this one.
  public var initProgram: String
  public var images: ImageMap
  /// The first two numbers of pods' addresses; each pod gets one of its own on the loopback interface.
  public var podNetwork: String
  /// CPUs, as a quantity.
  public var cpu: String
  /// Memory, as a quantity.
  public var memory: String
  public var pods: Int
  public var gpus: Int
  public var gpuResource: String
  /// Where containers' output can be asked for as of a kubelet; nil where nothing listens.
  public var logPort: Int?
  /// Variables every container starts with.
  public var environment: [String: String]

  public init(
    name: String, folder: String, initProgram: String, images: ImageMap = ImageMap(), podNetwork: String = "127.64",
    cpu: String, memory: String, pods: Int = 250, gpus: Int, gpuResource: String = "nvidia.com/gpu",
    environment: [String: String] = [:]
  ) {
    self.name = name
    self.folder = folder
    self.initProgram = initProgram
    self.images = images
    self.podNetwork = podNetwork
    self.cpu = cpu
    self.memory = memory
    self.pods = pods
    self.gpus = gpus
    self.gpuResource = gpuResource
    self.environment = environment
  }

  var allocatable: [String: String] {
    ["cpu": cpu, "memory": memory, "pods": String(pods), gpuResource: String(gpus)]
  }
}
