import CRDTypes
import FoundationEssentials
import YAML

/// The files in which the definitions of the kinds are kept.
struct Manifests {
  /// A file as it must be.
  struct File {
    let name: String
    let text: String
  }

  static let files = ResourceDefinition.all.map { definition in
    File(
      name: "\(definition.type.group)_\(definition.type.plural).yaml",
      text: "# Written by `swift run crdgen crds` from Sources/CRDTypes: change it there.\n"
        + definition.document.yaml())
  }

  let folder: String

  /// Writes the files that differ; gives their names.
  func write() throws -> [String] {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    return try outdated().map { file in
      try Data(file.text.utf8).write(to: URL(filePath: path(of: file)))
      return file.name
    }
  }

  /// The files that are missing or differ from what the types say.
  func outdated() -> [File] {
    Self.files.filter { current($0) != $0.text }
  }

  /// The first line in which the file on disk differs, for a hint.
  func firstDifference(of file: File) -> String {
    guard let current = current(file) else { return "the file is missing" }
    let have = current.split(separator: "\n", omittingEmptySubsequences: false)
    let want = file.text.split(separator: "\n", omittingEmptySubsequences: false)
    for index in 0..<max(have.count, want.count) {
      let (old, new) = (index < have.count ? have[index] : "", index < want.count ? want[index] : "")
      if old != new { return "line \(index + 1)\n  - \(old)\n  + \(new)" }
    }
    return "no difference"
  }

  private func current(_ file: File) -> String? {
    guard let data = FileManager.default.contents(atPath: path(of: file)) else { return nil }
    return String(decoding: data, as: UTF8.self)
  }

  private func path(of file: File) -> String { "\(folder)/\(file.name)" }
}
