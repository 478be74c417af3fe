import CRDTypes
import FoundationEssentials
import Glibc
import JSON
import KubernetesAPI
import TestSupport

/// A namespace of one test's own, with an operator that acts in it alone. Both end with the test.
struct TestNamespace: Sendable {
  let world: World
  let name: String
  /// The operator, which the test may kill and start as it likes.
  let martlet: OperatorProcess
  let folder: TemporaryFolder

  static let manager = "martlet-tests"

  var cluster: Cluster { world.cluster }
  var client: KubernetesClient { cluster.client }
  var mlflow: MLflow { world.mlflow }

  /// What a test wants other than the others.
  struct Options: Sendable {
    /// Whether no other test may run meanwhile: the test is about time.
    var alone = false
    /// Whether the operator is started.
    var starts = true
    /// The tracking server that the operator is told of; the world's by default.
    var trackingURI: String?
    var databaseURL: String?
    /// Flags of the operator beside those for every test.
    var arguments: [String] = []
  }

  /// Runs a test in a namespace of its own.
  static func run(
    _ label: String, _ options: Options = Options(), _ body: (TestNamespace) async throws -> Void
  ) async throws {
    let world = try await World.shared()
    try await Turnstile.shared.pass(alone: options.alone) {
      let scope = try await open(label, options, world)
      do {
        try await body(scope)
      } catch {
        await scope.explain(error)
        try? await scope.close()
        throw error
      }
      try await scope.close()
    }
  }

  private static func open(_ label: String, _ options: Options, _ world: World) async throws -> TestNamespace {
    let suffix = String(UInt32.random(in: 0x1000_0000...0xFFFF_FFFF), radix: 16)
    let name = "e2e-\(label)-\(suffix)"
    let folder = try TemporaryFolder()
    let settings = OperatorProcess.Settings(
      kubeconfig: world.cluster.kubeconfig, namespace: name, trackingURI: options.trackingURI ?? world.mlflow.url,
      databaseURL: options.databaseURL ?? world.mlflow.server.databaseURL, arguments: options.arguments)
    let scope = TestNamespace(
      world: world, name: name, martlet: OperatorProcess(settings, log: Programs.log(name, in: folder)), folder: folder)
    try await scope.client.create(
      DynamicObject(.namespace, ObjectKey(namespace: nil, name: name)), as: .namespace, fieldManager: manager)
    if options.starts { try await scope.martlet.start() }
    return scope
  }

  /// Another operator for the same namespace.
  func anotherOperator(_ label: String, databaseURL: String? = nil) -> OperatorProcess {
    let settings = OperatorProcess.Settings(
      kubeconfig: cluster.kubeconfig, namespace: name, trackingURI: mlflow.url,
      databaseURL: databaseURL ?? mlflow.server.databaseURL)
    return OperatorProcess(settings, log: Programs.log("\(name)-\(label)", in: folder))
  }

  /// Deletes what the test made, while the operator still runs, as finalizers are its own.
  private func close() async throws {
    if await martlet.isRunning == false { try await martlet.start() }
    let kinds: [ResourceType] = [ABExperiment.type, ModelDeployment.type, FeatureSet.type, TrainingSweep.type]
    try await eventually("\(name): its objects to be gone", within: .seconds(90), every: .milliseconds(200)) {
      for kind in kinds { try await client.deleteAll(kind, namespace: name) }
      for kind in kinds {
        let left = try await client.list(kind, namespace: name).items
        guard left.isEmpty else { throw NotYet("\(left.map(\.name)) of \(kind) are still there") }
      }
    }
    await martlet.stop()
    try await client.delete(.namespace, ObjectKey(namespace: nil, name: name))
  }

  /// Says what is known of a failure, as the logs go with the namespace.
  private func explain(_ error: any Error) async {
    var text = "\(name): \(error)\n--- the operator's log:\n\(await martlet.tail)\n"
    for kind in [TrainingSweep.type, ModelDeployment.type, ABExperiment.type, FeatureSet.type] {
      for object in (try? await client.list(kind, namespace: name).items) ?? [] {
        var status = object.status
        status["conditions"] = nil
        text += "--- \(object.kind) \(object.name):\n\(object.conditionText)\n\(status)\n"
      }
    }
    _ = write(2, text, text.utf8.count)
  }

  func key(_ object: String) -> ObjectKey { ObjectKey(namespace: name, name: object) }

  @discardableResult
  func create(_ object: DynamicObject, as type: ResourceType) async throws -> DynamicObject {
    try await client.create(object, as: type, fieldManager: Self.manager)
  }

  @discardableResult
  func patch(_ type: ResourceType, _ object: String, _ patch: JSONValue) async throws -> DynamicObject {
    try await client.patch(type, key(object), .merge(patch), fieldManager: Self.manager)
  }

  func secret(_ secretName: String, _ data: [String: String]) async throws {
    var secret = DynamicObject(.secret, key(secretName))
    secret.json["stringData"] = JSONValue(data)
    try await create(secret, as: .secret)
  }

  /// Waits until a condition has a status, for the spec as it is now, and gives the object. A spec that is said to
  /// be hopeless ends the wait, unless that is what is waited for.
  @discardableResult
  func wait(
    _ type: ResourceType, _ object: String, _ condition: String, is status: String = "True", reason: String? = nil,
    within limit: Duration = .seconds(90)
  ) async throws -> DynamicObject {
    try await eventually("\(type.kind) \(object) to be \(condition)=\(status) \(reason ?? "")", within: limit) {
      let found = try await client.get(type, key(object))
      let current = found.condition(condition)
      if found.isObserved, current?["status"]?.string == status,
        reason == nil || current?["reason"]?.string == reason
      {
        return found
      }
      if found.isObserved, found.condition("Stalled")?["status"]?.string == "True" {
        throw NeverCame("\(type.kind) \(object) is stalled:\n\(found.conditionText)")
      }
      throw NotYet(found.conditionText)
    }
  }

  /// Waits until nothing of a kind is left in the namespace.
  func waitUntilNone(_ type: ResourceType, selector: ListSelector = .all, within limit: Duration = .seconds(60))
    async throws
  {
    try await eventually("no \(type.plural) to be left", within: limit) {
      let left = try await client.list(type, namespace: name, selector: selector).items
      guard left.isEmpty else { throw NotYet("\(left.map(\.name)) are there") }
    }
  }

  /// Runs kubectl in the namespace.
  func kubectl(_ arguments: String...) throws -> ProgramRun {
    try ProgramRun.of("kubectl", ["--kubeconfig", cluster.kubeconfig, "--namespace", name] + arguments)
  }
}
