import FoundationEssentials

/// Reads the small files that configurations name: certificates, keys, tokens.
enum ConfigurationFile {
  static func read(_ path: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(filePath: path))) }

  /// The text of a file without the space around it; nil where it cannot be read or is empty.
  static func trimmedText(_ path: String) -> String? {
    guard let bytes = try? read(path) else { return nil }
    let text = String(decoding: bytes, as: UTF8.self)
    guard let first = text.firstIndex(where: { !$0.isWhitespace }),
      let last = text.lastIndex(where: { !$0.isWhitespace })
    else { return nil }
    return String(text[first...last])
  }

  /// `path` as seen from the folder of `file`, which is how a kubeconfig names files.
  static func resolve(_ path: String, beside file: String) -> String {
    if path.hasPrefix("/") { return path }
    guard let slash = file.lastIndex(of: "/") else { return path }
    return file[...slash] + path
  }
}
