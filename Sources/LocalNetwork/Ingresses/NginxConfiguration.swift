import CRDTypes

/// nginx's configuration for a set of routes. Pure.
struct NginxConfiguration: Sendable {
  var folder: String
  var port: Int
  var tlsPort: Int
  /// Certificate and key files by Secret; a host whose Secret is missing is served without TLS only.
  var certificates: [ObjectKey: (certificate: String, key: String)]

  func text(_ routes: IngressRoutes) -> String {
    var out = """
      worker_processes 1;
      daemon off;
      pid \(file("nginx.pid"));
      error_log \(file("error.log")) warn;
      worker_shutdown_timeout 30s;
      events { worker_connections 4096; }
      http {
        access_log off;
        client_max_body_size 64m;
        client_body_temp_path \(file("body"));
        proxy_temp_path \(file("proxy"));
        fastcgi_temp_path \(file("fastcgi"));
        uwsgi_temp_path \(file("uwsgi"));
        scgi_temp_path \(file("scgi"));
        proxy_http_version 1.1;
        proxy_connect_timeout 5s;
        proxy_read_timeout 60s;
        proxy_set_header Host $http_host;
        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
        proxy_set_header X-Forwarded-Proto $scheme;
        proxy_set_header X-Forwarded-Host $http_host;
        server_names_hash_bucket_size 256;

      """
    if !routes.hosts.contains(where: { $0.name == nil }) { out += server(nil) }
    for host in routes.hosts { out += server(host) }
    return out + "}\n"
  }

  private func file(_ name: String) -> String { Self.quoted("\(folder)/\(name)") }

  /// A wildcard of an Ingress stands for one label, nginx's own for any number.
  private static func serverName(_ host: String?) -> String {
    guard let host, !host.isEmpty else { return "_" }
    guard host.hasPrefix("*.") else { return host }
    let rest = host.dropFirst(2).split(separator: ".").joined(separator: "\\.")
    return "~^[^.]+\\.\(rest)$"
  }

  private func server(_ host: IngressRoutes.Host?) -> String {
    let isDefault = host?.name == nil ? " default_server" : ""
    var out = "  server {\n    listen 127.0.0.1:\(port)\(isDefault);\n    server_name \(Self.serverName(host?.name));\n"
    if let files = host?.tlsSecret.flatMap({ certificates[$0] }) {
      out += "    listen 127.0.0.1:\(tlsPort) ssl\(isDefault);\n"
      out += "    ssl_certificate \(Self.quoted(files.certificate));\n"
      out += "    ssl_certificate_key \(Self.quoted(files.key));\n"
    }
    // Of a path that is asked for both ways the exact one is the closer match; nginx takes each location once.
    let routes = host?.routes ?? []
    var seen: Set<String> = []
    for route in routes.filter(\.isExact) + routes.filter({ !$0.isExact }) {
      let action = route.backend.map { "proxy_pass http://\($0);" } ?? "return 503;"
      for location in Self.locations(route) where seen.insert(location).inserted {
        out += "    location \(location) { \(action) }\n"
      }
    }
    if !seen.contains(Self.quoted("/")) { out += "    location / { return 404; }\n" }
    return out + "  }\n"
  }

  /// A path of type Prefix matches whole elements: `/a` takes `/a` and `/a/b`, not `/ab`.
  private static func locations(_ route: IngressRoutes.Route) -> [String] {
    if route.isExact { return ["= \(quoted(route.path))"] }
    if route.path == "/" { return [quoted("/")] }
    let bare = route.path.hasSuffix("/") ? String(route.path.dropLast()) : route.path
    return ["= \(quoted(bare))", quoted(bare + "/")]
  }

  /// A text as one word of the configuration: within quotes only quotes and backslashes mean anything.
  private static func quoted(_ text: String) -> String {
    "\"" + text.flatMap { $0 == "\"" || $0 == "\\" ? ["\\", $0] : [$0] } + "\""
  }
}
