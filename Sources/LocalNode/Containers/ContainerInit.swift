import CLinux
import FoundationEssentials
import Glibc
import Processes

/// The first thing a container's process does: it makes itself what the pod asks for, then becomes the command.
///
/// It runs in a process of its own (`martlet-local container-init FILE`), started by the node. The process gets a
/// mount namespace where there are volumes, loses its capabilities, can gain no privileges, and dies with the node.
/// That is tidiness, not isolation: it sees the host's files, network and processes.
///
/// Without root the mount namespace comes with a user namespace, which only a process with one thread can enter: it
/// must be called before anything else is.
public enum ContainerInit {
  /// What the process is to become.
  struct Specification: Sendable, Codable {
    var command: [String]
    var workingDirectory: String?
    var mounts: [MountPlan.Mount]
    /// A private, empty folder for the new root.
    var root: String
    var user: UInt32?
    var group: UInt32?
    /// The folders in which a command without a slash is looked for.
    var searchPath: [String]
    var environment: [String: String]
  }

  /// Exit codes that shells use for the same.
  static let cannotExecute: Int32 = 126
  static let notFound: Int32 = 127

  /// Becomes the command, or `instead` of it another one in the same surroundings, as hooks and probes do. Returns
  /// only on failure, with the exit code; the reason is on standard error.
  public static func run(specificationAt path: String, instead: [String] = []) -> Int32 {
    do {
      let data = try Data(contentsOf: URL(filePath: path))
      var specification = try JSONDecoder().decode(Specification.self, from: data)
      if !instead.isEmpty { specification.command = instead }
      return become(specification)
    } catch {
      return fail("cannot read the container's specification: \(error)", cannotExecute)
    }
  }

  private static func become(_ specification: Specification) -> Int32 {
    _ = martlet_prctl(PR_SET_PDEATHSIG, UInt(SIGKILL))
    if !specification.mounts.isEmpty {
      do throws(ProcessError) {
        try mount(specification)
      } catch {
        let need = "that needs root, or a kernel that lets anyone make user namespaces"
        return fail("cannot mount the pod's volumes (\(need)): \(error)", cannotExecute)
      }
    }
    if let folder = specification.workingDirectory, chdir(folder) != 0 {
      return fail("workingDir \(folder): \(String(cString: strerror(errno)))", cannotExecute)
    }
    if let group = specification.group, getuid() == 0, setgroups(0, nil) != 0 || setgid(group) != 0 {
      return fail("cannot become group \(group): \(String(cString: strerror(errno)))", cannotExecute)
    }
    dropCapabilities()
    if let user = specification.user, user != 0, getuid() == 0 {
      _ = martlet_prctl(PR_SET_KEEPCAPS, 1)
      if setuid(user) != 0 {
        return fail("cannot become user \(user): \(String(cString: strerror(errno)))", cannotExecute)
      }
      // An image's files are there for the user that it runs as. The host's belong to root, and so do the volumes.
      _ = martlet_keep_only_capability(Self.overrideOfFileModes)
      // Changing the user has taken this back.
      _ = martlet_prctl(PR_SET_PDEATHSIG, UInt(SIGKILL))
    }
    _ = martlet_prctl(PR_SET_NO_NEW_PRIVS, 1)
    return execute(specification)
  }

  private static func execute(_ specification: Specification) -> Int32 {
    guard let name = specification.command.first, !name.isEmpty else { return fail("no command specified", notFound) }
    let arguments = CStrings(specification.command)
    let environment = CStrings(specification.environment.map { "\($0.key)=\($0.value)" }.sorted())
    let candidates = name.contains("/") ? [name] : specification.searchPath.map { "\($0)/\(name)" }
    var denied = false
    for candidate in candidates {
      execve(candidate, arguments.pointers, environment.pointers)
      if errno == EACCES { denied = true }
    }
    if denied { return fail("exec: \"\(name)\": permission denied", cannotExecute) }
    let reason = name.contains("/") ? "no such file or directory" : "executable file not found in $PATH"
    return fail("exec: \"\(name)\": \(reason)", notFound)
  }

  /// CAP_DAC_OVERRIDE (linux/capability.h).
  private static let overrideOfFileModes: UInt32 = 1

  /// Takes all capabilities out of the bounding set. Where the process stays root it keeps what files' owners may
  /// do, since the host's files belong to root.
  private static func dropCapabilities() {
    // CAP_CHOWN, CAP_DAC_OVERRIDE, CAP_FOWNER, CAP_SETGID, CAP_SETUID and CAP_KILL: what a container runtime
    // leaves to root by default and programs such as servers that change their user need.
    let kept: Set<UInt> = [0, 1, 3, 5, 6, 7]
    for capability in UInt(0)...63 where !kept.contains(capability) {
      _ = martlet_prctl(PR_CAPBSET_DROP, capability)
    }
  }

  private static func fail(_ message: String, _ code: Int32) -> Int32 {
    let line = Array((message + "\n").utf8)
    _ = write(2, line, line.count)
    return code
  }

  private static func mount(_ specification: Specification) throws(ProcessError) {
    try separate()
    try check("mount --make-rprivate /", Glibc.mount("none", "/", nil, UInt(MS_REC) | UInt(MS_PRIVATE), nil))
    let plan = MountPlan(mounts: specification.mounts, list: list)
    let root = specification.root
    for step in plan.steps {
      switch step {
      case .tmpfs(let path):
        let target = path == "/" ? root : root + path
        try check("mount tmpfs \(path)", Glibc.mount("tmpfs", target, "tmpfs", 0, "mode=755"))
      case .makeFolder(let path):
        if mkdir(root + path, 0o755) != 0, errno != EEXIST { throw ProcessError(call: "mkdir \(path)", errno: errno) }
      case .makeFile(let path):
        let descriptor = open(root + path, O_CREAT | O_WRONLY | O_CLOEXEC, 0o644)
        try check("create \(path)", descriptor)
        close(descriptor)
      case .symlink(let target, let path):
        try check("symlink \(path)", symlink(target, root + path))
      case .bind(let source, let path, let readOnly):
        try check("bind \(path)", Glibc.mount(source, root + path, nil, UInt(MS_BIND) | UInt(MS_REC), nil))
        if readOnly {
          let flags = UInt(MS_BIND) | UInt(MS_REMOUNT) | UInt(MS_RDONLY) | lockedFlags(root + path)
          try check("remount \(path)", Glibc.mount(nil, root + path, nil, flags, nil))
        }
      }
    }
    try check("chdir", chdir(root))
    try check("chroot", chroot(root))
    try check("chdir", chdir("/"))
  }

  /// Leaves the host's mount namespace. Where the process is not root, that takes a user namespace in which it may
  /// mount; it stays the user that it is, and so loses that right again when it becomes the command.
  private static func separate() throws(ProcessError) {
    let (user, group) = (getuid(), getgid())
    if user == 0 {
      try check("unshare", martlet_unshare_mounts())
      return
    }
    try check("unshare", martlet_unshare_user_and_mounts())
    // The order that user_namespaces(7) asks for: groups can be mapped once they can no longer be changed.
    for (file, line) in [("setgroups", "deny"), ("uid_map", "\(user) \(user) 1"), ("gid_map", "\(group) \(group) 1")] {
      let descriptor = open("/proc/self/\(file)", O_WRONLY | O_CLOEXEC)
      try check("open \(file)", descriptor)
      defer { close(descriptor) }
      let bytes = Array(line.utf8)
      try check("write \(file)", Int32(truncatingIfNeeded: write(descriptor, bytes, bytes.count)))
    }
  }

  /// What a mount has of these flags cannot be taken from it in a user namespace (mount_namespaces(7)).
  private static func lockedFlags(_ path: String) -> UInt {
    var info = statvfs()
    guard statvfs(path, &info) == 0 else { return 0 }
    // ST_NOSUID, ST_NODEV and ST_NOEXEC have the values of the mount flags.
    return info.f_flag & (UInt(MS_NOSUID) | UInt(MS_NODEV) | UInt(MS_NOEXEC))
  }

  private static func check(_ call: String, _ status: Int32) throws(ProcessError) {
    if status < 0 { throw ProcessError(call: call, errno: errno) }
  }

  /// The entries of a host folder, for `MountPlan`.
  static func list(_ folder: String) -> [String: MountPlan.Entry]? {
    guard let stream = opendir(folder) else { return nil }
    defer { closedir(stream) }
    var entries: [String: MountPlan.Entry] = [:]
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name == "." || name == ".." { continue }
      let path = folder == "/" ? "/\(name)" : "\(folder)/\(name)"
      var info = stat()
      guard lstat(path, &info) == 0 else { continue }
      switch info.st_mode & S_IFMT {
      case S_IFDIR: entries[name] = .folder
      case S_IFLNK:
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink(path, &buffer, buffer.count - 1)
        guard count > 0 else { continue }
        entries[name] = .symlink(String(decoding: buffer.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self))
      default: entries[name] = .file
      }
    }
    return entries
  }
}
