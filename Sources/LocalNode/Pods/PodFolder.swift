import CRDTypes
import Glibc
import Processes

/// The files of one pod on its node: volumes, logs, and the roots of its containers.
struct PodFolder: Sendable {
  let path: String

  init(nodeFolder: String, uid: String) { path = "\(nodeFolder)/pods/\(uid)" }

  func volume(_ name: String) -> String { "\(path)/volumes/\(name)" }
  func terminationMessage(_ container: String) -> String { "\(path)/termination/\(container)" }
  func log(_ container: String, restart: Int) -> String { "\(path)/logs/\(container)/\(restart).log" }
  func specification(_ container: String) -> String { "\(path)/specifications/\(container).json" }
  func root(_ container: String) -> String { "\(path)/roots/\(container)" }

  /// Makes a folder and those above it.
  static func make(_ path: String, mode: mode_t = 0o755) throws(ProcessError) {
    var partial = ""
    for name in path.split(separator: "/") {
      partial += "/\(name)"
      if mkdir(partial, mode) != 0, errno != EEXIST { throw ProcessError(call: "mkdir \(partial)", errno: errno) }
    }
  }

  /// Writes a file whole: readers see the old content or the new, never a part.
  static func write(_ bytes: [UInt8], to path: String, mode: mode_t) throws(ProcessError) {
    let temporary = path + ".new"
    let descriptor = open(temporary, O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, mode)
    if descriptor < 0 { throw ProcessError(call: "open \(temporary)", errno: errno) }
    defer { close(descriptor) }
    var offset = 0
    while offset < bytes.count {
      let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress.map { $0 + offset }, $0.count - offset) }
      if count < 0 {
        if errno == EINTR { continue }
        throw ProcessError(call: "write \(temporary)", errno: errno)
      }
      offset += count
    }
    _ = fchmod(descriptor, mode)
    if rename(temporary, path) != 0 { throw ProcessError(call: "rename \(path)", errno: errno) }
  }

  /// Writes a volume's files. Existing ones are replaced; folders on the way are made.
  func write(_ files: VolumeFiles, to volume: String) throws(ProcessError) {
    let folder = self.volume(volume)
    try Self.make(folder, mode: 0o777)
    _ = chmod(folder, 0o777)
    for file in files.files {
      if let slash = file.path.lastIndex(of: "/") { try Self.make("\(folder)/\(file.path[..<slash])") }
      try Self.write(file.content, to: "\(folder)/\(file.path)", mode: file.mode)
    }
  }

  /// Removes everything of the pod.
  func remove() { Self.remove(path) }

  private static func remove(_ path: String) {
    for (name, entry) in ContainerInit.list(path) ?? [:] {
      let child = "\(path)/\(name)"
      if entry == .folder { remove(child) } else { unlink(child) }
    }
    rmdir(path)
  }
}
