import FoundationEssentials
import Glibc

/// A fresh folder that is removed, with all that is in it, when the last reference to it goes.
public final class TemporaryFolder: Sendable {
  /// The absolute path, without a slash at the end.
  public let path: String

  public init() throws {
    var template = Array("/tmp/martlet-test-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw ServerFailure("no temporary folder: errno \(errno)") }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    // Servers that give up root's rights must be able to enter it.
    chmod(path, 0o755)
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path)
  }

  /// The path of an entry, which need not exist.
  public func file(_ name: String) -> String { "\(path)/\(name)" }

  /// Writes a file, replacing an older one, and returns its path.
  @discardableResult
  public func write(_ name: String, _ text: String) throws -> String {
    try Data(text.utf8).write(to: URL(filePath: file(name)))
    return file(name)
  }

  /// The bytes of a file in the folder.
  public func read(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(filePath: file(name))))
  }

  /// Makes a folder inside this one, writable by every user if `shared`, and returns its path.
  @discardableResult
  public func makeFolder(_ name: String, shared: Bool = false) throws -> String {
    try FileManager.default.createDirectory(atPath: file(name), withIntermediateDirectories: true)
    if shared { chmod(file(name), 0o777) }
    return file(name)
  }
}
