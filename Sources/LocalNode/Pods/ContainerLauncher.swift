import CRDTypes
import FoundationEssentials
import Glibc
import JSON
import Processes

/// Turns a container's specification into a command that can be started: volumes on disk, variables, arguments.
struct ContainerLauncher: Sendable {
  let node: NodeFacts
  let pod: DynamicObject
  let podIP: String
  let devices: [Int]
  let folder: PodFolder
  let backend: any PodBackend

  /// A container that is ready to be started, and what hooks and probes of it run with.
  struct Launch: Sendable {
    var specification: ContainerInit.Specification
    var log: String
  }

  var facts: ContainerEnvironment.PodFacts {
    ContainerEnvironment.PodFacts(
      metadata: pod.metadata, podIP: podIP, hostIP: node.hostIP, nodeName: node.name,
      serviceAccount: pod.spec["serviceAccountName"]?.string ?? "default", allocatable: node.allocatable)
  }

  func prepare(_ container: JSONValue, restart: Int) async throws -> Launch {
    let image = container["image"]?.string ?? ""
    let name = container["name"]?.string ?? ""
    let searchPath = try node.images.folders(for: image)
    let namespace = pod.namespace ?? "default"
    let sources = try await backend.sources(PodReferences(podSpec: pod.spec), namespace: namespace)
    let services =
      pod.spec["enableServiceLinks"]?.bool == false ? [:] : await backend.serviceVariables(namespace: namespace)
    let environment = try variables(container, sources, services, searchPath)
    let volumes = try volumes(container, sources, environment)
    let mounts = volumes + MountPlan.Mount.keeping(searchPath, under: volumes)

    let command = (container["command"]?.array ?? []).compactMap(\.string)
    guard !command.isEmpty else {
      throw ContainerConfigError(
        reason: "CreateContainerError",
        message: "no command specified: this node runs no images, so it cannot know the entrypoint of \(image)")
    }
    let arguments = (container["args"]?.array ?? []).compactMap(\.string)
    let log = folder.log(name, restart: restart)
    try PodFolder.make(String(log[..<(log.lastIndex(of: "/") ?? log.endIndex)]))
    try PodFolder.make(folder.root(name))
    let security = container["securityContext"] ?? .null
    let podSecurity = pod.spec["securityContext"] ?? .null
    return Launch(
      specification: ContainerInit.Specification(
        command: (command + arguments).map { Expansion.expand($0, environment) },
        workingDirectory: container["workingDir"]?.string, mounts: mounts, root: folder.root(name),
        user: Self.identity(security["runAsUser"] ?? podSecurity["runAsUser"]),
        group: Self.identity(security["runAsGroup"] ?? podSecurity["runAsGroup"]), searchPath: searchPath,
        environment: environment),
      log: log)
  }

  /// Writes a launch down and gives the command that becomes it.
  func command(_ launch: Launch, name: String, output: Int32?) throws -> ProcessTable.Command {
    let path = folder.specification(name)
    try PodFolder.make(String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)]))
    try PodFolder.write(Array(JSONEncoder().encode(launch.specification)), to: path, mode: 0o600)
    return ProcessTable.Command(
      executable: node.initProgram, arguments: ["container-init", path],
      environment: ["PATH": launch.specification.searchPath.joined(separator: ":")], output: output)
  }

  private func variables(
    _ container: JSONValue, _ sources: PodSources, _ services: [String: String], _ searchPath: [String]
  ) throws(ContainerConfigError) -> [String: String] {
    let declared = try ContainerEnvironment(container: container, facts: facts, sources: sources, services: services)
    var out = node.environment
    out["PATH"] = searchPath.joined(separator: ":")
    out["HOSTNAME"] = pod.spec["hostname"]?.string ?? pod.name
    if !devices.isEmpty {
      out["CUDA_VISIBLE_DEVICES"] = devices.map(String.init).joined(separator: ",")
      out["NVIDIA_VISIBLE_DEVICES"] = out["CUDA_VISIBLE_DEVICES"]
    } else {
      out["CUDA_VISIBLE_DEVICES"] = ""
      out["NVIDIA_VISIBLE_DEVICES"] = "void"
    }
    return out.merging(declared.variables) { _, declared in declared }
  }

  private func volumes(
    _ container: JSONValue, _ sources: PodSources, _ environment: [String: String]
  ) throws -> [MountPlan.Mount] {
    var mounts: [MountPlan.Mount] = []
    // The default, in /dev, is left out: a mount there would need every device of the host mounted anew.
    if let target = container["terminationMessagePath"]?.string, !target.hasPrefix("/dev/"),
      let name = container["name"]?.string
    {
      let file = folder.terminationMessage(name)
      try PodFolder.make(String(file.dropLast(name.count + 1)))
      try PodFolder.write([], to: file, mode: 0o666)
      mounts.append(MountPlan.Mount(source: file, target: target, readOnly: false, isFile: true))
    }
    for mount in container["volumeMounts"]?.array ?? [] {
      guard let name = mount["name"]?.string, let target = mount["mountPath"]?.string else { continue }
      let volume = pod.spec["volumes"]?.array?.first { $0["name"]?.string == name } ?? .null
      var source = folder.volume(name)
      if let host = volume[path: "hostPath", "path"]?.string {
        source = host
        if volume[path: "hostPath", "type"]?.string == "DirectoryOrCreate" { try PodFolder.make(host) }
      } else {
        try folder.write(try VolumeFiles(volume: volume, facts: facts, sources: sources), to: name)
      }
      let sub = mount["subPath"]?.string ?? mount["subPathExpr"]?.string.map { Expansion.expand($0, environment) }
      if let sub, !sub.isEmpty {
        guard !sub.hasPrefix("/"), !sub.split(separator: "/").contains("..") else {
          throw ContainerConfigError(message: "subPath \"\(sub)\" must be relative and must not contain \"..\"")
        }
        source += "/" + sub
        // A folder of the volume that is not there yet is made, as the kubelet does.
        if access(source, F_OK) != 0 { try PodFolder.make(source, mode: 0o777) }
      }
      let isFile = ContainerInit.list(source) == nil
      let writable = volume["emptyDir"] != nil || volume["hostPath"] != nil
      mounts.append(
        MountPlan.Mount(
          source: source, target: target, readOnly: mount["readOnly"]?.bool == true || !writable, isFile: isFile))
    }
    return mounts
  }

  private static func identity(_ value: JSONValue?) -> UInt32? { value?.integer.flatMap(UInt32.init(exactly:)) }
}
