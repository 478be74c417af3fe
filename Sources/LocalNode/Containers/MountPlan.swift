/// How volumes are put at paths that the host does not have, without writing to the host's own folders.
///
/// The new root is an empty tmpfs into which the host's top-level entries are bound. Where a mount point does not
/// exist, the deepest folder that does becomes a tmpfs too, with what the host has there bound back in, so that
/// the missing part can be made. Only the container's mount namespace sees any of it.
struct MountPlan: Sendable, Hashable {
  enum Step: Sendable, Hashable {
    /// An empty tmpfs at a folder of the new root.
    case tmpfs(String)
    case makeFolder(String)
    case makeFile(String)
    case symlink(target: String, at: String)
    /// Binds a host path, with all that is mounted below it, to a path of the new root.
    case bind(source: String, at: String, readOnly: Bool)
  }

  struct Mount: Sendable, Hashable, Codable {
    var source: String
    var target: String
    var readOnly: Bool
    var isFile: Bool
  }

  /// What stands at a host path.
  enum Entry: Sendable, Hashable {
    case folder
    case file
    case symlink(String)
  }

  let steps: [Step]

  /// - Parameters:
  ///   - mounts: what to put where; a target that is below another's comes after it.
  ///   - list: the entries of a host folder by name; nil where it is no folder.
  init(mounts: [Mount], list: @escaping (String) -> [String: Entry]?) {
    var builder = Builder(list: list)
    builder.open("/")
    for mount in mounts.sorted(by: { $0.target < $1.target }) { builder.add(mount) }
    steps = builder.steps
  }

  private struct Builder {
    let list: (String) -> [String: Entry]?
    var steps: [Step] = []
    /// Folders of the new root that are a tmpfs: entries can be made in them.
    var opened: [String: [String: Entry]] = [:]
    /// Folders that were made, or mounted upon: the host says nothing about what is below.
    var made: Set<String> = []

    init(list: @escaping (String) -> [String: Entry]?) { self.list = list }

    static func join(_ folder: String, _ name: String) -> String { folder == "/" ? "/\(name)" : "\(folder)/\(name)" }

    mutating func open(_ folder: String) {
      let entries = list(folder) ?? [:]
      steps.append(.tmpfs(folder))
      opened[folder] = entries
      for (name, entry) in entries.sorted(by: { $0.key < $1.key }) {
        let path = Self.join(folder, name)
        switch entry {
        case .folder:
          steps.append(.makeFolder(path))
          steps.append(.bind(source: path, at: path, readOnly: false))
        case .file:
          steps.append(.makeFile(path))
          steps.append(.bind(source: path, at: path, readOnly: false))
        case .symlink(let target):
          steps.append(.symlink(target: target, at: path))
        }
      }
    }

    mutating func add(_ mount: Mount) {
      let names = resolve(mount.target)
      guard !names.isEmpty else { return }
      let target = "/" + names.joined(separator: "/")
      var folder = "/"
      for (index, name) in names.enumerated() {
        let path = Self.join(folder, name)
        let last = index == names.count - 1
        if !made.contains(path) {
          let exists = exists(name, in: folder)
          if !exists {
            if opened[folder] == nil, !made.contains(folder) { open(folder) }
            steps.append(last && mount.isFile ? .makeFile(path) : .makeFolder(path))
            made.insert(path)
          }
        }
        folder = path
      }
      steps.append(.bind(source: mount.source, at: target, readOnly: mount.readOnly))
      made.insert(target)
    }

    /// The elements of a path with the host's symbolic links followed, as they would be inside the new root: a link such
    /// as `/var/run` that was followed by the kernel while mounting would lead out of it.
    private func resolve(_ path: String) -> [String] {
      var pending = path.split(separator: "/").map(String.init)
      var out: [String] = []
      var followed = 0
      while !pending.isEmpty {
        let name = pending.removeFirst()
        if name == "." { continue }
        if name == ".." {
          _ = out.popLast()
          continue
        }
        let folder = "/" + out.joined(separator: "/")
        if followed < 40, case .symlink(let target)? = entry(name, in: folder) {
          followed += 1
          if target.hasPrefix("/") { out = [] }
          pending = target.split(separator: "/").map(String.init) + pending
        } else {
          out.append(name)
        }
      }
      return out
    }

    private func exists(_ name: String, in folder: String) -> Bool { entry(name, in: folder) != nil }

    private func entry(_ name: String, in folder: String) -> Entry? {
      made.contains(folder) ? nil : (opened[folder] ?? list(folder))?[name]
    }
  }
}

extension MountPlan.Mount {
  /// The mounts that keep folders of programs where they are though a volume lies over a folder above them, as an
  /// `emptyDir` on /tmp does over a checkout there. With `bin` comes what stands beside it, such as `lib`.
  static func keeping(_ folders: [String], under volumes: [MountPlan.Mount]) -> [MountPlan.Mount] {
    var kept: [MountPlan.Mount] = []
    for folder in folders {
      guard let volume = volumes.first(where: { folder.hasPrefix($0.target + "/") }) else { continue }
      let parent = folder.hasSuffix("/bin") ? String(folder.dropLast("/bin".count)) : folder
      let root = parent.hasPrefix(volume.target + "/") ? parent : folder
      let mount = MountPlan.Mount(source: root, target: root, readOnly: true, isFile: false)
      if !kept.contains(mount) { kept.append(mount) }
    }
    return kept
  }
}
