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
      pid \(folder)/nginx.pid;
      error_log \(folder)/error.log warn;
      worker_shutdown_timeout 30s;
      events { worker_connections 4096; }
      http {
        access_log off;
        client_max_body_size 64m;
        client_body_temp_path \(folder)/body;
        proxy_temp_path \(folder)/proxy;
        fastcgi_temp_path \(folder)/fastcgi;
        uwsgi_temp_path \(folder)/uwsgi;
        scgi_temp_path \(folder)/scgi;
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

  private func server(_ host: IngressRoutes.Host?) -> String {
    let isDefault = host?.name == nil ? " default_server" : ""
    var out = "  server {\n    listen 127.0.0.1:\(port)\(isDefault);\n    server_name \(host?.name ?? "_");\n"
    if let files = host?.tlsSecret.flatMap({ certificates[$0] }) {
      out += "    listen 127.0.0.1:\(tlsPort) ssl\(isDefault);\n"
      out += "    ssl_certificate \(files.certificate);\n    ssl_certificate_key \(files.key);\n"
    }
    var hasRoot = false
    for route in host?.routes ?? [] {
      hasRoot = hasRoot || (route.path == "/" && !route.isExact)
      out += location(route)
    }
    if !hasRoot { out += "    location / { return 404; }\n" }
    return out + "  }\n"
  }

  /// A path of type Prefix matches whole elements: `/a` takes `/a` and `/a/b`, not `/ab`.
  private func location(_ route: IngressRoutes.Route) -> String {
    let action = route.backend.map { "proxy_pass http://\($0);" } ?? "return 503;"
    let path = Self.quoted(route.path)
    if route.isExact { return "    location = \(path) { \(action) }\n" }
    if route.path == "/" { return "    location / { \(action) }\n" }
    let bare = route.path.hasSuffix("/") ? String(route.path.dropLast()) : route.path
    return "    location = \(Self.quoted(bare)) { \(action) }\n    location \(Self.quoted(bare + "/")) { \(action) }\n"
  }

  private static func quoted(_ path: String) -> String {
    "\"" + path.flatMap { $0 == "\"" || $0 == "\\" || $0 == "$" ? ["\\", $0] : [$0] } + "\""
  }
}
