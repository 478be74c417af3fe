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
      let names = mount.target.split(separator: "/").map(String.init)
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
      steps.append(.bind(source: mount.source, at: mount.target, readOnly: mount.readOnly))
      made.insert(mount.target)
    }

    private func exists(_ name: String, in folder: String) -> Bool {
      if made.contains(folder) { return false }
      return (opened[folder] ?? list(folder))?[name] != nil
    }
  }
}
