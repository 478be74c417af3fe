import FoundationEssentials
import TestSupport

/// Where the programs under test and their files are.
enum Programs {
  /// The checkout that these tests were built from.
  static let root = "/" + #filePath.split(separator: "/").dropLast(4).joined(separator: "/")

  /// What an environment variable says; nil where it says nothing.
  static func setting(_ name: String) -> String? {
    ProcessInfo.processInfo.environment[name].flatMap { $0.isEmpty ? nil : $0 }
  }

  /// The path of one of this project's programs: in MARTLET_BIN, or where `swift build` puts it.
  static func path(_ name: String) throws -> String {
    let own = CommandLine.arguments.first.map { URL(filePath: $0).deletingLastPathComponent().path() }
    let folders = [setting("MARTLET_BIN"), own, "\(root)/.build/debug"].compactMap { $0 }
    let candidates = folders.map { $0.hasSuffix("/") ? $0 + name : "\($0)/\(name)" }
    guard let found = candidates.first(where: { FileManager.default.isExecutableFile(atPath: $0) }) else {
      throw ServerFailure(
        "the program \(name) is in none of \(folders.joined(separator: ", ")): run `swift build`, or set MARTLET_BIN")
    }
    return found
  }

  /// The Python environment that `hack/python-env` makes.
  static var python: String { setting("MARTLET_PYTHON_ENV") ?? "\(root)/.build/python" }

  /// Where a program's log goes: into MARTLET_E2E_LOGS, where it stays, or into a folder that goes with the tests.
  static func log(_ name: String, in folder: TemporaryFolder) -> String {
    guard let kept = setting("MARTLET_E2E_LOGS") else { return folder.file("\(name).log") }
    try? FileManager.default.createDirectory(atPath: kept, withIntermediateDirectories: true)
    return "\(kept)/\(name).log"
  }

  /// The text of a file of Tests/EndToEnd/Fixtures.
  static func fixture(_ name: String) throws -> String {
    let path = "\(root)/Tests/EndToEnd/Fixtures/\(name)"
    return String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
  }
}

/// What a program printed until it ended, and how it ended.
struct ProgramRun: Sendable {
  var status: Int32
  /// Standard output and standard error together.
  var output: String

  /// Runs a program to its end.
  static func of(
    _ executable: String, _ arguments: [String], environment: [String: String] = [:]
  ) throws -> ProgramRun {
    let folder = try TemporaryFolder()
    let process = try ServerProcess(executable, arguments, environment: environment, log: folder.file("log"))
    let status = try process.wait()
    return ProgramRun(status: status, output: String(decoding: try folder.read("log"), as: UTF8.self))
  }
}
