import CRDTypes
import JSON
import KubernetesAPI
import TestSupport
import Testing

@Suite("Bad input is a message")
struct InputTests {
  /// A manifest's spec with one thing wrong in it, and what the message must hold.
  struct Mistake: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var type: ResourceType
    var spec: @Sendable (inout JSONValue) -> Void
    var says: [String]

    init(
      _ label: String, _ type: ResourceType, says: [String], _ spec: @escaping @Sendable (inout JSONValue) -> Void
    ) {
      testDescription = label
      self.type = type
      self.spec = spec
      self.says = says
    }
  }

  private static let one = Parameters.double("x", "0", "1")
  private static func double(_ min: String, _ max: String, scale: String? = nil) -> JSONValue {
    ["name": "x", "double": .compact(["min": .string(min), "max": .string(max), "scale": scale.map(JSONValue.string)])]
  }

  static let mistakes: [Mistake] = [
    Mistake("an unknown field", TrainingSweep.type, says: ["unknown field", "spec.paralel"]) {
      $0["paralel"] = 3
    },
    Mistake("min above max", TrainingSweep.type, says: ["spec.parameters", "min is above max"]) {
      $0["parameters"] = [double("2", "1")]
    },
    Mistake("an integer's min above max", TrainingSweep.type, says: ["spec.parameters", "min is above max"]) {
      $0["parameters"] = [Parameters.int("k", 5, 2)]
    },
    Mistake(
      "a log scale with min 0", TrainingSweep.type, says: ["spec.parameters", "must be above 0 for a Log scale"]
    ) {
      $0["parameters"] = [double("0", "1", scale: "Log")]
    },
    Mistake(
      "a grid larger than max", TrainingSweep.type,
      says: ["spec.parameters", "the grid has 20 combinations and trials.max is 5", "raise trials.max"]
    ) {
      $0["parameters"] = [Parameters.int("k", 1, 20)]
      $0["search"] = ["algorithm": "Grid"]
      $0["trials"] = ["max": 5]
    },
    Mistake(
      "duplicated parameter names", TrainingSweep.type, says: ["spec.parameters[1]", "Duplicate value", "x"]
    ) {
      $0["parameters"] = [one, one]
    },
    Mistake("no objective", TrainingSweep.type, says: ["objective", "exactly one"]) { $0["objective"] = nil },
    Mistake(
      "a parameter with a name of the operator's", TrainingSweep.type, says: ["MLFLOW_", "rename"]
    ) {
      $0["parameters"] = [Parameters.double("MLFLOW_RUN_ID", "0", "1")]
    },
    Mistake("a pod template without containers", TrainingSweep.type, says: ["spec.template.spec.containers"]) {
      $0["template"] = ["spec": ["containers": []]]
    },
    Mistake(
      "a pod template that Kubernetes refuses", TrainingSweep.type, says: ["name", "Not_A_Name"]
    ) {
      $0[path: "template", "spec"] = ["containers": [["name": "Not_A_Name", "image": "python"]]]
    },
    Mistake("a tracking secret that is not there", TrainingSweep.type, says: ["Secret nowhere", "create it"]) {
      $0["tracking"] = ["secret": "nowhere"]
    },
    Mistake("weights that do not sum to 100", ABExperiment.type, says: ["spec", "weights", "100"]) {
      $0["variants"] = [
        ["name": "a", "deployment": "a", "weight": 50, "control": true], ["name": "b", "deployment": "b", "weight": 40],
      ]
    },
    Mistake("a deployment that is not there", ABExperiment.type, says: ["there is no ModelDeployment nowhere-a"]) {
      _ in
    },
    Mistake("a sweep that is not there", ModelDeployment.type, says: ["there is no TrainingSweep nowhere"]) { _ in },
    Mistake("two sources of a model", ModelDeployment.type, says: ["spec.model", "exactly one"]) {
      $0["model"] = ["sweep": ["name": "a"], "run": "b"]
    },
    Mistake("a warehouse secret that is not there", FeatureSet.type, says: ["Secret nowhere", "create it"]) { _ in },
    Mistake("an interval that is none", FeatureSet.type, says: ["spec.online.every"]) {
      $0[path: "online", "every"] = "soon"
    },
  ]

  @Test("where the API server or the operator can tell from the spec", arguments: mistakes)
  func saysWhatIsWrong(mistake: Mistake) async throws {
    try await TestNamespace.run("input") { scope in
      var object = try Self.manifest(of: mistake.type, in: scope)
      mistake.spec(&object.spec)
      let message = try await Self.message(object, mistake, in: scope)
      for part in mistake.says {
        #expect(message.lowercased().contains(part.lowercased()), "\(part) is not in: \(message)")
      }
      // The operator has not stumbled.
      #expect(await scope.martlet.isRunning)
      #expect(try await scope.client.list(.job, namespace: scope.name).items.isEmpty)
    }
  }

  /// What the server answers to the object, or what the object's condition then says.
  private static func message(
    _ object: DynamicObject, _ mistake: Mistake, in scope: TestNamespace
  ) async throws -> String {
    do {
      try await scope.create(object, as: mistake.type)
    } catch let error as APIError where error.isInvalid || error.httpStatus == 400 {
      return error.message
    }
    return try await eventually("\(mistake.type.kind) to say what is wrong", within: .seconds(30)) {
      let found = try await scope.client.get(mistake.type, object.key)
      let texts = ["Ready", "Stalled"].compactMap { found.condition($0)?["message"]?.string }
      let whole = texts.joined(separator: "\n").lowercased()
      guard found.condition("Ready")?["status"]?.string == "False",
        mistake.says.allSatisfy({ whole.contains($0.lowercased()) })
      else { throw NotYet(found.conditionText) }
      return whole
    }
  }

  /// A manifest of a kind that is right, but for the objects that it names.
  private static func manifest(of type: ResourceType, in scope: TestNamespace) throws -> DynamicObject {
    if type == TrainingSweep.type {
      return try Sweep.manifest("wrong", in: scope, parameters: [one], trials: ["max": 3], code: "log(score=1)")
    }
    var object = DynamicObject(type, scope.key("wrong"))
    if type == ABExperiment.type {
      object.spec = [
        "assignment": ["header": "X-User-Id"],
        "variants": [
          ["name": "a", "deployment": "nowhere-a", "weight": 50, "control": true],
          ["name": "b", "deployment": "nowhere-b", "weight": 50],
        ],
      ]
    } else if type == ModelDeployment.type {
      object.spec = ["model": ["sweep": ["name": "nowhere"]], "replicas": 1]
    } else {
      object.spec = FeatureSetTests.spec(source: "nowhere", online: "nowhere")
    }
    return object
  }

  @Test("where no run logs the metric of the objective: it names those that were logged")
  func namesMetricsThatAreThere() async throws {
    try await TestNamespace.run("metric") { scope in
      let sweep = try await Sweep.create(
        Sweep.manifest(
          "metric", in: scope, parameters: [Self.one],
          trials: ["max": 10, "parallel": 3, "metricGracePeriod": "1s"], code: "log(accuracy=1, loss=2)"), in: scope)
      let end = try await sweep.failed(reason: "FirstTrialsFailed")
      let message = end.condition("Ready")?["message"]?.string ?? ""
      #expect(message.contains("the metric score was not logged to the run; it logged accuracy, loss"))
      #expect(end.status["failures"]?[0]?["reason"]?.string == "MetricMissing")
      #expect(try await sweep.runs().count < 10)
    }
  }

  @Test("where the image cannot be had: the sweep names it while its trial waits")
  func namesImages() async throws {
    try await TestNamespace.run("image") { scope in
      var object = try Sweep.manifest("image", in: scope, parameters: [Self.one], trials: ["max": 1], code: "")
      object.json[path: "spec", "template", "spec", "containers"] = [
        ["name": "train", "image": "registry.invalid/x:1", "command": ["true"]]
      ]
      let sweep = try await Sweep.create(object, in: scope)
      try await eventually("the sweep to say what is wrong") {
        let found = try await sweep.object()
        let ready = found.condition("Ready")
        guard ready?["reason"]?.string == "TrialsWaiting", let message = ready?["message"]?.string,
          message.contains("registry.invalid/x:1"), message.contains("trial 0 does not start")
        else { throw NotYet(found.conditionText) }
      }
    }
  }

  @Test("where the command fails at once: the exit code and what it printed last")
  func quotesTheLog() async throws {
    try await TestNamespace.run("command") { scope in
      var object = try Sweep.manifest("command", in: scope, parameters: [Self.one], trials: ["max": 1], code: "")
      object.json[path: "spec", "template", "spec", "containers"] = [
        ["name": "train", "image": "python:3.13-slim", "command": ["sh", "-c", "echo there is no data >&2; exit 7"]]
      ]
      let sweep = try await Sweep.create(object, in: scope)
      let end = try await sweep.failed()
      let failure = end.status["failures"]?[0]
      #expect(failure?["reason"]?.string == "ExitCode")
      #expect(failure?["message"]?.string?.contains("container train exited with code 7") == true)
      #expect(failure?["message"]?.string?.contains("there is no data") == true)
    }
  }

  @Test("where the tracking database refuses the password: no password is shown, and the operator lives on")
  func saysThatThePasswordIsWrong() async throws {
    let world = try await World.shared()
    let url = world.mlflow.server.databaseURL.replacing(PostgreSQL.password, with: "wr0ng-Hare")
    try await TestNamespace.run("password", TestNamespace.Options(databaseURL: url)) { scope in
      let sweep = try await Sweep.create(
        Sweep.manifest("password", in: scope, parameters: [Self.one], trials: ["max": 1], code: "log(score=1)"),
        in: scope)
      let found = try await eventually("the sweep to say what is wrong") {
        let found = try await sweep.object()
        guard found.condition("Ready")?["message"]?.string?.contains("password authentication failed") == true else {
          throw NotYet(found.conditionText)
        }
        return found
      }
      #expect(found.condition("Reconciling")?["status"]?.string == "True")
      #expect(!found.json.text().contains("wr0ng-Hare"))
      #expect(await !scope.martlet.tail.contains("wr0ng-Hare"))
      #expect(await scope.martlet.isRunning)
      #expect(try await sweep.jobs().isEmpty)
      // The namespace's own secret puts it right.
      try await scope.secret(
        "martlet-tracking", ["uri": scope.mlflow.url, "databaseURL": world.mlflow.server.databaseURL])
      try await sweep.succeeded(within: .seconds(150))
    }
  }

  /// A kubeconfig with one thing wrong in it, and the field that the message must name.
  static let kubeconfigs: [(String, String)] = [
    ("current-context: nowhere\ncontexts: []\nclusters: []\nusers: []\n", "current-context"),
    (
      """
      current-context: a
      contexts: [{name: a, context: {cluster: gone, user: b}}]
      clusters: []
      users: [{name: b}]
      """, "contexts[0].context.cluster"
    ),
    (
      """
      current-context: a
      contexts: [{name: a, context: {cluster: c, user: b}}]
      clusters: [{name: c, cluster: {server: "https://127.0.0.1:1", certificate-authority-data: "%%%"}}]
      users: [{name: b, user: {token: t}}]
      """, "clusters[0].cluster.certificate-authority-data"
    ),
    ("current-context: [\n", ""),
  ]

  @Test("where the operator's kubeconfig is wrong: it exits and names the file and the field", arguments: kubeconfigs)
  func namesTheKubeconfig(text: String, field: String) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("kubeconfig", "apiVersion: v1\nkind: Config\n" + text)
    let run = try ProgramRun.of(
      Programs.path("martlet"),
      ["operator", "--kubeconfig", path, "--health-probe-bind-address", "0", "--metrics-bind-address", "0"])
    #expect(run.status != 0)
    #expect(run.output.contains(path))
    #expect(run.output.contains(field))
  }
}
