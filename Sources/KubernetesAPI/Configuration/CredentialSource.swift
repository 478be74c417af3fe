import FoundationEssentials
import Glibc
import Transport

/// The credentials of a login: constant, read again from a file when it changes, or asked of a plugin when the last
/// ones expire.
actor CredentialSource {
  struct Credential: Sendable, Hashable {
    /// The value of the `Authorization` header.
    var authorization: String?
    var certificate: TLSOptions.ClientCertificate?
    /// Counts the credentials of this source, so that a refusal is matched with the one that was refused.
    var serial = 0
  }

  /// What the plugin's last answer is worth. `asking` holds the callers that wait for the one that asks.
  private enum Plugin {
    case unasked
    case asking([CheckedContinuation<Void, Never>])
    case answered(Credential, expires: Date?)
  }

  private let login: Login
  private let now: @Sendable () -> Date
  private var plugin = Plugin.unasked
  private var file: (stamp: FileStamp, credential: Credential)?
  private var serial = 0

  init(_ login: Login, now: @escaping @Sendable () -> Date = { Date() }) {
    self.login = login
    self.now = now
  }

  func current() async throws -> Credential {
    switch login {
    case .anonymous: return Credential()
    case .token(let token): return Credential(authorization: "Bearer \(token)")
    case .basic(let user, let password):
      return Credential(authorization: "Basic " + Data("\(user):\(password)".utf8).base64EncodedString())
    case .tokenFile(let path): return try token(in: path)
    case .exec(let exec): return try await ask(exec)
    }
  }

  /// After a 401 with credential `serial`: true where asking again may give another one.
  func renew(after serial: Int) -> Bool {
    switch login {
    case .anonymous, .token, .basic: return false
    case .tokenFile:
      if file?.credential.serial == serial { file = nil }
      return true
    case .exec:
      if case .answered(let credential, _) = plugin, credential.serial == serial { plugin = .unasked }
      return true
    }
  }

  /// The token in a file; the file is read only when its inode, size or time changed.
  private func token(in path: String) throws -> Credential {
    let stamp = FileStamp(path)
    if let file, let stamp, file.stamp == stamp { return file.credential }
    guard let stamp, let text = ConfigurationFile.trimmedText(path) else {
      // A token that is being replaced can be missing for a moment; the last one is still good.
      if let file { return file.credential }
      throw ConfigurationError(code: .unreadable, file: "token file \(path)", problem: "cannot be read or is empty")
    }
    serial += 1
    let credential = Credential(authorization: "Bearer \(text)", serial: serial)
    file = (stamp, credential)
    return credential
  }

  private func ask(_ exec: ExecPlugin) async throws -> Credential {
    while true {
      switch plugin {
      case .answered(let credential, let expires):
        if let expires, expires <= now() { break }
        return credential
      case .asking(let waiting):
        await withCheckedContinuation { plugin = .asking(waiting + [$0]) }
        try Task.checkCancellation()
        continue
      case .unasked: break
      }
      plugin = .asking([])
      do {
        let answer = try await ExecCredential.ask(exec)
        serial += 1
        let credential = Credential(
          authorization: answer.token.map { "Bearer \($0)" }, certificate: answer.certificate, serial: serial)
        finish(.answered(credential, expires: answer.expires))
        return credential
      } catch {
        finish(.unasked)
        throw error
      }
    }
  }

  private func finish(_ state: Plugin) {
    guard case .asking(let waiting) = plugin else { return }
    plugin = state
    for waiter in waiting { waiter.resume() }
  }
}

/// What tells one state of a file from another.
struct FileStamp: Sendable, Hashable {
  let inode: UInt
  let size: Int
  let seconds: Int
  let nanoseconds: Int

  init?(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    inode = UInt(status.st_ino)
    size = Int(status.st_size)
    seconds = status.st_mtim.tv_sec
    nanoseconds = status.st_mtim.tv_nsec
  }
}
