import CRDTypes
import JSON
import Testing

@testable import Planning

@Suite("A runtime")
struct ServingRuntimeTests {
  private static let triton: JSONValue = [
    "name": "Triton", "healthPath": "/v2/health/ready",
    "container": [
      "image": "triton:1", "command": ["tritonserver"], "args": ["--model-repository=$(MODEL_PATH)"],
      "env": [["name": "LEVEL", "value": "1"]], "volumeMounts": [["name": "shm", "mountPath": "/dev/shm"]],
      "resources": ["limits": ["memory": "2Gi"]], "livenessProbe": ["httpGet": ["path": "/v2/health/live", "port": "http"]],
    ],
    "volumes": [["name": "shm", "emptyDir": ["medium": "Memory"]]],
  ]

  private static func world(_ server: ModelDeployment.Server) throws -> ServingWorld {
    var world = ServingWorld { $0.spec.server = server }
    world.runtimes = try ServingRuntime.list([triton])
    return world
  }

  @Test("Its container is under what the deployment says, and gets the model's files by MLflow's image")
  func merged() throws {
    var world = try Self.world(
      .init(
        runtime: "Triton", image: "triton:own", args: ["--log-verbose=1"],
        resources: ["limits": ["nvidia.com/gpu": 1]], env: [.init(name: "LEVEL", value: "2")], port: 8000))
    world.settle()
    let deployment = try #require(world.revision(1))
    let pod = try #require(deployment.spec[path: "template", "spec"])
    let container = try #require(pod["containers"]?[0])
    #expect(container["name"] == "server" && container["image"] == "triton:own")
    #expect(container["command"] == ["tritonserver"])
    #expect(container["args"] == ["--model-repository=$(MODEL_PATH)", "--log-verbose=1"])
    #expect(container["resources"] == ["limits": ["nvidia.com/gpu": 1]])
    let environment = container["env"]?.array ?? []
    func values(_ name: String) -> [JSONValue?] { environment.filter { $0["name"]?.string == name }.map { $0["value"] } }
    #expect(values("LEVEL") == ["2"] && values("PORT") == ["8000"] && values("MODEL_NAME") == ["churn"])
    #expect(values("MODEL_PATH") == ["/mnt/model"])
    for probe in ["startupProbe", "readinessProbe"] {
      #expect(container[path: probe, "httpGet", "path"] == "/v2/health/ready")
    }
    #expect(container[path: "livenessProbe", "httpGet", "path"] == "/v2/health/live")
    #expect(container[path: "securityContext", "allowPrivilegeEscalation"] == false)
    #expect(container["volumeMounts"]?.array?.compactMap { $0["mountPath"]?.string } == ["/tmp", "/mnt/model", "/dev/shm"])
    #expect(pod["volumes"]?.array?.contains { $0["name"] == "shm" } == true)
    #expect(pod["initContainers"]?[0]?["image"] == "mlflow:3")
  }

  @Test("Where a deployment says nothing, its own image and resources hold")
  func defaults() throws {
    var world = try Self.world(.init(runtime: "Triton"))
    world.settle()
    let container = world.revision(1)?.spec[path: "template", "spec", "containers"]?[0]
    #expect(container?["image"] == "triton:1" && container?[path: "resources", "limits", "memory"] == "2Gi")
  }

  @Test("One that the operator does not have is named beside those that it has, and what serves goes on")
  func unknown() throws {
    var world = try Self.world(.init(runtime: "MLflow"))
    world.settle()
    world.resource.spec.server?.runtime = "TorchServe"
    #expect(world.reconcile().steps.isEmpty)
    let stalled = world.condition("Stalled")
    #expect(stalled?.reason == "RuntimeNotFound")
    #expect(
      stalled?.message == "spec.server.runtime: the operator has no runtime TorchServe; it has MLflow, Triton")
  }

  @Test("A configuration that later describes a runtime in another way leaves the revisions that serve as they are")
  func later() throws {
    var world = try Self.world(.init(runtime: "Triton"))
    world.settle()
    let before = world.revision(1)?.spec["template"]
    world.runtimes[0].container["image"] = "triton:2"
    world.settle()
    #expect(world.revisions.count == 1 && world.revision(1)?.spec["template"] == before)
  }

  private static let mistakes: [(JSONValue, String)] = [
    (["name": "A"], "runtimes: must be a list"), ([[:]], "runtimes[0].name: must be the name"),
    ([["name": "A"]], "runtimes[0].container: must be"), ([["name": "A", "container": "x"]], "runtimes[0].container"),
    ([["name": "A", "container": [:], "healthPath": "up"]], "runtimes[0].healthPath: must be a path"),
    ([["name": "A", "container": [:], "healthPath": "/", "model": "File"]], "runtimes[0].model: must be Files or URI"),
    ([["name": "A", "container": [:], "healthPath": "/", "volumes": [[:]]]], "runtimes[0].volumes: must be"),
    ([["name": "A", "image": "x"]], "runtimes[0].image: there is no such field; there are container, healthPath"),
    ([["name": "MLflow", "container": [:], "healthPath": "/"]], "runtimes[0].name: there is a runtime MLflow already"),
  ]

  @Test("A description that is wrong is said by its field", arguments: mistakes)
  func wrong(_ json: JSONValue, _ message: String) {
    let problem = #expect(throws: ServingRuntime.Problem.self) { try ServingRuntime.list(json) }
    #expect(problem?.description.hasPrefix(message) == true, "\(problem?.description ?? "")")
  }
}
