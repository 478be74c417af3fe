import CRDTypes
import FoundationEssentials
import JSON
import KubernetesAPI
import TestSupport
import Testing
import YAML

@Suite("A model's files")
struct ModelFilesTests {
  /// A server of one's own: it answers with the model's files by name, and nothing of Martlet is in it.
  private static let server = """
    import http.server, json, os


    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            files = sorted(os.listdir("/mnt/model"))
            body = json.dumps({"predictions": [",".join(files)], "uri": os.environ["MODEL_URI"]}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self):
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self.do_GET()

        def log_message(self, *_):
            pass


    http.server.ThreadingHTTPServer((os.environ["POD_IP"], 9000), Handler).serve_forever()
    """

  private static func deployment(_ scope: TestNamespace, _ host: String, _ more: JSONObject) -> DynamicObject {
    var deployment = DynamicObject(ModelDeployment.type, scope.key("files"))
    deployment.spec = [
      "replicas": 1, "ingress": ["host": .string(host)],
      "template": [
        "spec": [
          "containers": [
            [
              "name": "server", "image": "python:3.11", "command": ["python3", "-c", .string(server)],
              "env": [["name": "POD_IP", "valueFrom": ["fieldRef": ["fieldPath": "status.podIP"]]]],
              "ports": [["containerPort": 9000]],
              "readinessProbe": ["httpGet": ["path": "/", "port": 9000], "periodSeconds": 1],
            ]
          ]
        ]
      ],
    ]
    for (name, value) in more { deployment.spec[name] = value }
    return deployment
  }

  @Test("are downloaded once into a cache, given to a server of one's own, and told by their digest")
  func cached() async throws {
    let runs = try await Models.runs()
    try await TestNamespace.run("files") { scope in
      guard scope.cluster.isLocal else { return }
      let cache = scope.folder.file("models")
      try FileManager.default.createDirectory(atPath: cache, withIntermediateDirectories: true)
      for path in [scope.folder.path, cache] {
        try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: path)
      }
      let host = "\(scope.name).example.com"
      let run = try #require(runs["one"])
      try await scope.create(
        Self.deployment(scope, host, ["model": ["run": .string(run)], "cache": ["nodePath": .string(cache)]]),
        as: ModelDeployment.type)
      let ready = try await scope.wait(ModelDeployment.type, "files", "Ready", within: .seconds(120))
      let digest = try #require(ready.status[path: "stable", "model", "digest"]?.string)
      #expect(digest.hasPrefix("sha256:"))
      let traffic = try Traffic(scope, host: host)
      try await eventually("the files to be seen") {
        let answer = try await traffic.ask()
        guard answer.prediction?.contains("MLmodel") == true else { throw NotYet("\(answer)") }
      }
      // A second pod finds them there; with a file that was changed they are fetched again.
      func scale(_ replicas: Int) async throws {
        try await scope.client.setScale(
          ModelDeployment.type, scope.key("files"), replicas: replicas, fieldManager: TestNamespace.manager)
        try await eventually("\(replicas) replicas", within: .seconds(90)) {
          let found = try await scope.client.get(ModelDeployment.type, scope.key("files"))
          guard found.status["ready"]?.string == "\(replicas)/\(replicas)" else { throw NotYet(found.conditionText) }
        }
      }
      func said() async throws -> [String] {
        var out: [String] = []
        for pod in try await scope.client.list(.pod, namespace: scope.name).items.sorted(by: { $0.name < $1.name }) {
          out.append(try scope.kubectl("logs", pod.name, "-c", "model").output)
        }
        return out
      }
      try await scale(2)
      if scope.cluster.hasLogs {
        let logs = try await said()
        #expect(logs.count { $0.contains("downloading") } == 1)
        #expect(logs.count { $0.contains("is in the cache") } == 1)
      }
      #expect(
        try await scope.client.get(ModelDeployment.type, scope.key("files"))
          .status[path: "stable", "model", "digest"]?.string == digest)
    }
  }

  @Test("are given to a server that the operator's configuration describes by name")
  func runtime() async throws {
    let runs = try await Models.runs()
    let runtimes: JSONValue = [
      [
        "name": "Lister", "healthPath": "/",
        "container": [
          "image": "python:3.11", "command": ["python3", "-c", .string(Self.server.replacing("9000", with: "int(os.environ['PORT'])"))],
          "env": [["name": "WHO", "value": "$(MODEL_NAME)"]],
        ],
      ]
    ]
    let folder = try TemporaryFolder()
    let file = try folder.write("runtimes.yaml", runtimes.yaml())
    try await TestNamespace.run("runtime", .init(arguments: ["--runtimes", file])) { scope in
      let host = "\(scope.name).example.com"
      var deployment = DynamicObject(ModelDeployment.type, scope.key("files"))
      deployment.spec = [
        "model": ["run": .string(try #require(runs["one"]))], "server": ["runtime": "Lister", "port": 9000],
        "replicas": 1, "ingress": ["host": .string(host)],
      ]
      try await scope.create(deployment, as: ModelDeployment.type)
      try await scope.wait(ModelDeployment.type, "files", "Ready", within: .seconds(120))
      let traffic = try Traffic(scope, host: host)
      try await eventually("the files to be seen") {
        let answer = try await traffic.ask()
        guard answer.prediction?.contains("MLmodel") == true else { throw NotYet("\(answer)") }
      }
      // A file that describes it wrongly ends the operator, with the file and the field.
      try folder.write("runtimes.yaml", "- {name: Lister, container: {}, healthPath: up}\n")
      let run = try ProgramRun.of(
        Programs.path("martlet"), ["operator", "--kubeconfig", scope.cluster.kubeconfig, "--runtimes", file])
      #expect(run.status != 0 && run.output.contains("\(file): runtimes[0].healthPath: must be a path"), "\(run.output)")
    }
  }

  @Test("come from storage that speaks S3: a wrong key is said, and is enough to put right")
  func storage() async throws {
    try await TestNamespace.run("storage") { scope in
      guard scope.cluster.isLocal else { return }
      let port = try FreePort.next()
      let log = scope.folder.file("storage.log")
      let storage = try ServerProcess(
        "\(Programs.python)/bin/python", ["-c", try Programs.fixture("storage.py"), "\(port)"], log: log)
      defer { storage.stop() }
      func key() -> [String: String]? {
        let lines = (try? String(contentsOf: URL(filePath: log), encoding: .utf8))?.split(separator: "\n") ?? []
        return lines.last { $0.hasPrefix("{") }.flatMap { try? JSONValue(parsing: String($0)).stringMap }
      }
      try await storage.waitUntil("serving", within: .seconds(60)) { key() != nil }
      let right = try #require(key())
      let place = ["MLFLOW_S3_ENDPOINT_URL": "http://127.0.0.1:\(port)", "AWS_DEFAULT_REGION": "us-east-1"]
      try await scope.secret("s3", place.merging(right) { $1 }.merging(["AWS_SECRET_ACCESS_KEY": "wrong"]) { $1 })
      let host = "\(scope.name).example.com"
      try await scope.create(
        Self.deployment(scope, host, ["model": ["uri": "s3://models/churn", "secret": "s3"]]), as: ModelDeployment.type)
      try await eventually("the storage's refusal", within: .seconds(120)) {
        let found = try await scope.client.get(ModelDeployment.type, scope.key("files"))
        let message = found.condition("Ready")?["message"]?.string ?? ""
        guard message.contains("s3://models/churn cannot be downloaded"), message.contains("signature we calculated")
        else { throw NotYet(found.conditionText) }
        #expect(!message.contains(right["AWS_ACCESS_KEY_ID"] ?? "?"))
      }
      _ = try await scope.client.patch(
        .secret, scope.key("s3"), .merge(["stringData": JSONValue(right)]), fieldManager: TestNamespace.manager)
      try await scope.wait(ModelDeployment.type, "files", "Ready", within: .seconds(180))
      let traffic = try Traffic(scope, host: host)
      try await eventually("the file to be seen") {
        guard try await traffic.ask().prediction == "weights.bin" else { throw NotYet("not yet") }
      }
    }
  }

  @Test("that cannot be downloaded are said with the download's own last words")
  func missing() async throws {
    try await TestNamespace.run("nofiles") { scope in
      let host = "\(scope.name).example.com"
      try await scope.create(
        Self.deployment(scope, host, ["model": ["uri": .string("\(scope.mlflow.url)/nothing/here.bin")]]),
        as: ModelDeployment.type)
      try await eventually("the message of the download", within: .seconds(90)) {
        let found = try await scope.client.get(ModelDeployment.type, scope.key("files"))
        let message = found.condition("Ready")?["message"]?.string ?? ""
        guard message.contains("here.bin answered 404") else { throw NotYet(found.conditionText) }
      }
    }
  }
}
