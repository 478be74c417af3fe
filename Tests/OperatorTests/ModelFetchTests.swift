import FoundationEssentials
import Glibc
import JSON
import TestSupport
import Testing

@testable import Planning

@Suite("The download of a model's files")
struct ModelFetchTests {
  /// A cache in a folder of its own, and a server with one file of some size.
  private final class Download: Sendable {
    let folder: TemporaryFolder
    let nginx: Nginx
    let bytes: [UInt8]

    /// - Parameter rate: nginx's `limit_rate`; nothing for none.
    init(size: Int, rate: String = "0", more: String = "") async throws {
      folder = try TemporaryFolder()
      bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
      try folder.makeFolder("files", shared: true)
      try folder.makeFolder("cache")
      try Data(bytes).write(to: URL(filePath: folder.file("files/weights.bin")))
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.path)
      nginx = try await Nginx.start(
        "location / { root \(folder.file("files")); limit_rate \(rate); \(more) access_log \(folder.file("access.log")) ranges; }",
        certificates: nil, http: "log_format ranges '$status $http_range';")
    }

    var url: String { "http://127.0.0.1:\(nginx.port)/weights.bin" }

    func start(_ log: String) throws -> ServerProcess {
      let program = ModelFetch.program.replacing("/mnt/models", with: folder.file("cache"))
        .replacing("/mnt/termination-log", with: folder.file("\(log).told"))
      return try ServerProcess(
        "python3", ["-c", program], environment: ["MODEL_URI": url, "MODEL_KEY": "key"], log: folder.file(log))
    }

    /// Runs it to its end: its status, what it said, and the digest that it told.
    func run(_ log: String) throws -> (status: Int32, said: String, told: String) {
      let process = try start(log)
      let status = try process.wait()
      let told = (try? folder.read("\(log).told")).map { String(decoding: $0, as: UTF8.self) } ?? ""
      return (status, process.tail, told)
    }

    func cached() throws -> [UInt8] { [UInt8](try folder.read("cache/key/weights.bin")) }
    var requests: [String] {
      let text = (try? folder.read("access.log")).map { String(decoding: $0, as: UTF8.self) } ?? ""
      return text.split(separator: "\n").map { String($0) }
    }
  }

  @Test("goes on where an earlier one was killed, and not where the file has become another", arguments: [false, true])
  func resumed(isAnother: Bool) async throws {
    let download = try await Download(size: 6_000_000, rate: "1m")
    let first = try download.start("first")
    let part = download.folder.file("cache/.key.partial/weights.bin.part")
    try await first.waitUntil("half done") {
      let size = (try? FileManager.default.attributesOfItem(atPath: part))?[.size] as? Int
      return (size ?? 0) >= 1_000_000
    }
    first.signal(SIGKILL)
    _ = try first.wait()
    var expected = download.bytes
    if isAnother {
      expected = expected.map { $0 ^ 0xFF }
      try Data(expected).write(to: URL(filePath: download.folder.file("files/weights.bin")))
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSinceNow: -3600)], ofItemAtPath: download.folder.file("files/weights.bin"))
    }
    let second = try download.run("second")
    #expect(second.status == 0, "\(second.said)")
    #expect(try download.cached() == expected)
    #expect(second.told.hasPrefix("sha256:"))
    let asked = try #require(download.requests.last)
    #expect(asked.hasPrefix(isAnother ? "200 bytes=" : "206 bytes="), "\(download.requests)")
  }

  @Test("is made once for all who start together; those who come later check what is there")
  func once() async throws {
    let download = try await Download(size: 500_000)
    let all = try (0..<4).map { try download.start("start-\($0)") }
    for process in all { #expect(try process.wait() == 0, "\(process.tail)") }
    #expect(download.requests.count == 1)
    let later = try download.run("later")
    #expect(later.said.contains("is in the cache"))
    // One that was changed behind its back is fetched again.
    try Data([1, 2, 3]).write(to: URL(filePath: download.folder.file("cache/key/weights.bin")))
    let again = try download.run("again")
    #expect(again.status == 0 && again.said.contains("are not what was downloaded"))
    #expect(try download.cached() == download.bytes)
    #expect(again.told == later.told && download.requests.count == 2)
  }

  @Test("whose connection breaks off is no model, and keeps what it has for the next")
  func brokenOff() async throws {
    let download = try await Download(size: 8_000_000, rate: "1m")
    let first = try download.start("first")
    let part = download.folder.file("cache/.key.partial/weights.bin.part")
    try await first.waitUntil("begun") {
      ((try? FileManager.default.attributesOfItem(atPath: part))?[.size] as? Int ?? 0) > 0
    }
    download.nginx.process.stop()
    #expect(try first.wait() == 1)
    #expect(first.tail.contains("and 8000000 were promised") || first.tail.contains("cannot be reached"), "\(first.tail)")
    #expect(!FileManager.default.fileExists(atPath: download.folder.file("cache/key")))
    #expect(FileManager.default.fileExists(atPath: part))
  }
}
