import Glibc

/// Writes the CustomResourceDefinitions of the kinds, or checks that those on disk are up to date.
@main
struct CRDGen {
  static func main() {
    let arguments = CommandLine.arguments.dropFirst()
    let isCheck = arguments.contains("--check")
    let folders = arguments.filter { $0 != "--check" }
    guard folders.count == 1, let folder = folders.first, !folder.hasPrefix("-") else {
      complain("usage: crdgen [--check] FOLDER")
      exit(64)
    }
    let manifests = Manifests(folder: folder)
    if isCheck {
      check(manifests)
    } else {
      write(manifests)
    }
  }

  private static func check(_ manifests: Manifests) {
    let outdated = manifests.outdated()
    for file in outdated {
      complain("\(manifests.folder)/\(file.name) is out of date: \(manifests.firstDifference(of: file))")
    }
    guard outdated.isEmpty else {
      complain("run `swift run crdgen \(manifests.folder)` and commit the result")
      exit(1)
    }
    print("\(Manifests.files.count) definitions are up to date")
  }

  private static func write(_ manifests: Manifests) {
    do {
      let written = try manifests.write()
      for name in written { print("wrote \(manifests.folder)/\(name)") }
      if written.isEmpty { print("\(Manifests.files.count) definitions are up to date") }
    } catch {
      complain("cannot write to \(manifests.folder): \(error)")
      exit(1)
    }
  }

  private static func complain(_ text: String) {
    let line = Array("crdgen: \(text)\n".utf8)
    _ = line.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}
