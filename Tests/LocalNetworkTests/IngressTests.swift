import CRDTypes
import FoundationEssentials
import Glibc
import JSON
import Testing

@testable import LocalNetwork

@Suite struct IngressTests {
  static let hasNginx = access("/usr/sbin/nginx", X_OK) == 0

  private func ingress(_ name: String, at second: Int = 0, _ spec: JSONValue) -> DynamicObject {
    DynamicObject([
      "metadata": [
        "name": .string(name), "namespace": "n", "creationTimestamp": .string("2026-01-01T00:00:0\(second)Z"),
      ], "spec": spec,
    ])
  }

  private func rule(_ host: String?, _ paths: [(String, String, String)]) -> JSONValue {
    .compact([
      "host": host.map(JSONValue.string),
      "http": [
        "paths": .array(
          paths.map { path, type, service in
            [
              "path": .string(path), "pathType": .string(type),
              "backend": ["service": ["name": .string(service), "port": ["number": 80]]],
            ]
          })
      ],
    ])
  }

  /// Services `a`, `b` and so on, at addresses that end in 1, 2 and so on.
  private var services: [DynamicObject] {
    ["a", "b", "c", "d"].enumerated().map { index, name in
      DynamicObject([
        "metadata": ["name": .string(name), "namespace": "n"],
        "spec": ["clusterIP": .string("127.65.0.\(index + 1)"), "ports": [["port": 80, "name": "http"]]],
      ])
    }
  }

  private func routes(_ ingresses: [DynamicObject]) -> IngressRoutes {
    IngressRoutes(ingresses: ingresses, services: services, className: "nginx")
  }

  private func text(_ ingresses: [DynamicObject], folder: String = "/tmp", port: Int = 18080) -> String {
    NginxConfiguration(folder: folder, port: port, tlsPort: port + 1, certificates: [:]).text(routes(ingresses))
  }

  @Test("The oldest Ingress keeps a path that two ask for, and another class's Ingress asks for nothing")
  func oldest() {
    let routes = routes([
      ingress("young", at: 5, ["rules": [rule("h", [("/x", "Prefix", "b"), ("/y", "Prefix", "b")])]]),
      ingress("old", at: 1, ["rules": [rule("h", [("/x/", "Prefix", "a")])]]),
      ingress("other", at: 0, ["ingressClassName": "traefik", "rules": [rule("h", [("/x", "Prefix", "c")])]]),
    ])
    #expect(routes.hosts.map(\.name) == ["h"])
    #expect(routes.hosts[0].routes.map(\.backend) == ["127.65.0.1:80", "127.65.0.2:80"])
  }

  @Test("A Service or port that is not there leaves its path without a backend")
  func unknown() {
    let routes = routes([ingress("i", ["rules": [rule("h", [("/", "Prefix", "none")])]])])
    #expect(routes.hosts[0].routes[0].backend == nil)
  }

  @Test("A default backend takes what no path of its Ingress takes, and no path's requests")
  func defaults() {
    let backend: JSONValue = ["service": ["name": "d", "port": ["name": "http"]]]
    let routes = routes([
      ingress("first", at: 0, ["defaultBackend": backend, "rules": [rule("h", [("/x", "Prefix", "a")])]]),
      ingress("second", at: 1, ["rules": [rule(nil, [("/", "Prefix", "b")])]]),
    ])
    let byName = Dictionary(routes.hosts.map { ($0.name ?? "", $0.routes.map(\.backend)) }, uniquingKeysWith: { a, _ in a })
    #expect(byName == ["": ["127.65.0.2:80"], "h": ["127.65.0.1:80", "127.65.0.4:80"]])
  }

  static let hostile = [
    "/a\"; } server { listen 127.0.0.1:9; } #", "/a' b", "/a\\", "/a\\\" { return 200; }", "/${host}$uri", "/{}", "/a;b", "/ x", "/#",
    "/~ ^x", "/a\\n",
  ]

  @Test("nginx accepts any path, and none of them becomes part of the configuration", .enabled(if: hasNginx), arguments: hostile)
  func quoting(path: String) throws {
    let text = text([ingress("i", ["rules": [rule("h", [(path, "Prefix", "a"), (path, "Exact", "b"), ("/ok", "Prefix", "c")])]])])
    #expect(try Program.objection(of: "/usr/sbin/nginx", ["-t", "-e", "stderr", "-c"], to: text) == "")
    #expect(!text.split(separator: "\n").contains { $0.hasPrefix(" listen") || $0.hasPrefix("listen") })
  }

  @Test("Paths and hosts that no Ingress may have are left out", arguments: ["relative", "~ ^/x", "= /x", "/a\nb", "/a\u{0}"])
  func refused(path: String) {
    let routes = routes([
      ingress("i", ["rules": [rule("h", [(path, "ImplementationSpecific", "a")]), rule("x; }", [("/", "Prefix", "a")])]])
    ])
    #expect(routes.hosts.allSatisfy { $0.routes.isEmpty && $0.name == "h" })
  }

  @Test("The same path as a prefix and exactly, with and without an ending slash, is still a configuration", .enabled(if: hasNginx))
  func overlaps() throws {
    let backend: JSONValue = ["service": ["name": "d", "port": ["number": 80]]]
    let paths = [
      ("/a", "Prefix", "a"), ("/a/", "Prefix", "b"), ("/a", "Exact", "c"), ("/a/", "Exact", "d"), ("/", "Exact", "a"),
      ("/", "Prefix", "b"), ("", "ImplementationSpecific", "c"),
    ]
    let text = text([
      ingress("i", at: 0, ["defaultBackend": backend, "rules": [rule("h", paths), rule(nil, paths), rule("*.wild.example", paths)]]),
      ingress("k", at: 1, ["defaultBackend": backend, "rules": [rule("h", paths)]]),
    ])
    #expect(try Program.objection(of: "/usr/sbin/nginx", ["-t", "-e", "stderr", "-c"], to: text) == "")
  }

  @Test(
    "nginx sends each request where its Ingress says", .enabled(if: hasNginx))
  func matching() async throws {
    let folder = "/tmp/martlet-nginx-\(UUID().uuidString)"
    mkdir(folder, 0o700)
    let port = 20000 + Int(getpid()) % 20000
    // Backends that cannot be reached answer 502, so a route is told from the others by what it answers with instead.
    var text = text(
      [
        ingress(
          "i",
          [
            "rules": [
              rule("h", [("/a", "Prefix", "a"), ("/a/exact", "Exact", "b"), ("/d$x", "Prefix", "c")]),
              rule("*.wild.example", [("/", "Prefix", "d")]),
            ]
          ])
      ], folder: folder, port: port)
    for (index, name) in ["a", "b", "c", "d"].enumerated() {
      text = text.split(separator: "proxy_pass http://127.65.0.\(index + 1):80;", omittingEmptySubsequences: false)
        .joined(separator: "return 200 \(name);")
    }
    let path = "\(folder)/nginx.conf"
    try Data(text.utf8).write(to: URL(filePath: path))
    let nginx = try Program(
      "/usr/sbin/nginx", ["-c", path, "-e", "\(folder)/error.log"], output: "\(folder)/output")
    while kill(nginx.pid, 0) == 0, access("\(folder)/nginx.pid", F_OK) != 0 { await Task.yield() }
    for (host, path, expected) in [
      ("h", "/a", "a"), ("h", "/a/b", "a"), ("h", "/ab", "404"), ("h", "/a/exact", "b"), ("h", "/a/exact/x", "a"),
      ("h", "/d$x/1", "c"), ("h", "/", "404"), ("none", "/a", "404"), ("x.wild.example", "/q", "d"),
      ("x.y.wild.example", "/q", "404"),
    ] {
      #expect(ask(port, host, path) == expected, "\(host)\(path)")
    }
    kill(nginx.pid, SIGTERM)
    _ = nginx.wait()
  }

  /// The body of a request's answer, or its status where that is not 200.
  private func ask(_ port: Int, _ host: String, _ path: String) -> String {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(port)).bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    let connected = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard connected == 0 else { return "no connection" }
    let request = Array("GET \(path) HTTP/1.0\r\nHost: \(host)\r\n\r\n".utf8)
    _ = write(descriptor, request, request.count)
    var answer: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = read(descriptor, &buffer, buffer.count)
      if count <= 0 { break }
      answer += buffer[0..<count]
    }
    let text = String(decoding: answer, as: UTF8.self)
    let status = text.split(separator: " ").dropFirst().first.map(String.init) ?? "none"
    return status == "200" ? String(text.split(separator: "\r\n").last ?? "") : status
  }
}
