/// What stands for container images on a node without a container runtime: folders of the host in which an image's
/// commands are found.
public struct ImageMap: Sendable {
  public struct Rule: Sendable, Hashable {
    /// The image's name without tag or digest, or the start of it followed by `*`.
    public var pattern: String
    /// Folders that come first in the command search path, and in PATH.
    public var folders: [String]

    public init(pattern: String, folders: [String]) {
      self.pattern = pattern
      self.folders = folders
    }
  }

  public var rules: [Rule]
  /// The host's own folders, searched after those of a rule.
  public var hostFolders: [String]

  public init(
    rules: [Rule] = [],
    hostFolders: [String] = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"]
  ) {
    self.rules = rules
    self.hostFolders = hostFolders
  }

  /// Why an image cannot be had, as the kubelet names it.
  struct Refusal: Error, Sendable, Hashable {
    var reason: String
    var message: String
  }

  /// The search path for an image's commands. Registries under `.invalid` (RFC 2606) do not exist here either.
  func folders(for image: String) throws(Refusal) -> [String] {
    let name = Self.name(of: image)
    guard Self.isReference(image) else {
      throw Refusal(
        reason: "InvalidImageName",
        message: "Failed to apply default image tag \"\(image)\": couldn't parse image name \"\(image)\": invalid reference format")
    }
    let registry = name.split(separator: "/").first.map(String.init) ?? ""
    if registry.hasSuffix(".invalid") {
      throw Refusal(
        reason: "ErrImagePull", message: "failed to pull image \"\(image)\": no such host: \(registry)")
    }
    let rule = rules.first { rule in
      rule.pattern.hasSuffix("*") ? name.hasPrefix(rule.pattern.dropLast()) : name == rule.pattern
    }
    return (rule?.folders ?? []) + hostFolders
  }

  /// The reference without its tag and digest.
  static func name(of image: String) -> String {
    let undigested = image.split(separator: "@", maxSplits: 1).first.map(String.init) ?? image
    guard let colon = undigested.lastIndex(of: ":"), !undigested[colon...].contains("/") else { return undigested }
    return String(undigested[..<colon])
  }

  private static func isReference(_ image: String) -> Bool {
    guard !image.isEmpty, image.first != "-", image.first != ":" else { return false }
    return image.allSatisfy { $0.isASCII && ($0.isLowercase || $0.isNumber || "._-/:@".contains($0) || $0.isUppercase) }
      && !name(of: image).split(separator: "/").dropFirst(image.contains(".") ? 1 : 0).joined().contains(where: \.isUppercase)
  }
}
