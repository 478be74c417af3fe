import ArgumentParser
import FoundationEssentials
import Glibc
import LocalNode

/// What the node of this machine is.
struct NodeOptions: ParsableArguments {
  @Option(help: "The node's name.")
  var nodeName = "local"

  @Option(help: "CPUs that pods can request; those of this machine by default.")
  var cpu: String?

  @Option(help: "Memory that pods can request; that of this machine by default.")
  var memory: String?

  @Option(help: "GPUs that pods can request; those that nvidia-smi finds by default. They are counted, not fenced off.")
  var gpus: Int?

  @Option(help: "The resource by which GPUs are requested.")
  var gpuResource = "nvidia.com/gpu"

  @Option(help: "Pods that may be on the node at once.")
  var maxPods = 250

  @Option(
    name: .customLong("image"),
    help: "IMAGE=FOLDER[:FOLDER]: where the commands of an image are found on this machine. IMAGE may end in *.")
  var images: [String] = []

  func configuration(folder: String, podNetwork: String) throws -> NodeConfiguration {
    let rules = try images.map { text -> ImageMap.Rule in
      guard let equals = text.firstIndex(of: "=") else {
        throw ValidationError("--image \(text): write IMAGE=FOLDER")
      }
      return ImageMap.Rule(
        pattern: String(text[..<equals]),
        folders: text[text.index(after: equals)...].split(separator: ":").map(String.init))
    }
    return NodeConfiguration(
      name: nodeName, folder: "\(folder)/node", initProgram: try Self.ownProgram(), images: ImageMap(rules: rules),
      podNetwork: podNetwork,
      cpu: cpu ?? String(sysconf(Int32(_SC_NPROCESSORS_ONLN))), memory: memory ?? Self.memoryOfMachine(),
      pods: maxPods, gpus: gpus ?? Self.gpusOfMachine(), gpuResource: gpuResource,
      environment: ["LANG": "C.UTF-8", "HOME": "/tmp"])
  }

  private static func ownProgram() throws -> String {
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
    guard count > 0 else { throw ValidationError("cannot find this program's own file under /proc/self/exe") }
    return String(decoding: buffer.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  private static func memoryOfMachine() -> String {
    let pages = sysconf(Int32(_SC_PHYS_PAGES))
    return "\(pages / 1024 * sysconf(Int32(_SC_PAGESIZE)))Ki"
  }

  /// The devices that the NVIDIA driver shows; none where there is no driver.
  private static func gpusOfMachine() -> Int {
    let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/dev")) ?? []
    return entries.filter { $0.hasPrefix("nvidia") && $0.dropFirst(6).allSatisfy(\.isNumber) && $0.count > 6 }.count
  }
}
