import CRDTypes
import FoundationEssentials
import JSON
import KubernetesAPI
import TestSupport
import Testing

@Suite("kubectl")
struct KubectlTests {
  @Test("shows, explains, describes and waits for a sweep")
  func showsSweeps() async throws {
    try await TestNamespace.run("kubectl") { scope in
      let manifest = try Sweep.manifest(
        "shown", in: scope, parameters: [Parameters.int("k", 1, 9)], trials: ["max": 2], code: "log(score=0.5)")
      let path = try scope.folder.write("sweep.json", manifest.json.text())
      #expect(try scope.kubectl("apply", "-f", path).output == "trainingsweep.martlet.dev/shown created\n")
      let waited = try scope.kubectl("wait", "sweep/shown", "--for=condition=Succeeded", "--timeout=90s")
      #expect(waited.output == "trainingsweep.martlet.dev/shown condition met\n")
      #expect(try scope.kubectl("apply", "-f", path).status == 0)
      #expect(try await scope.client.get(TrainingSweep.type, scope.key("shown")).generation == 1)

      let table = try scope.kubectl("get", "sweep").output.split(separator: "\n").map {
        $0.split(separator: " ", omittingEmptySubsequences: true).map(String.init)
      }
      #expect(table.first == ["NAME", "TRIALS", "RUNNING", "BEST", "READY", "REASON", "AGE"])
      #expect(table.last?.dropLast() == ["shown", "2/2", "0", "0.5", "True", "MaxTrialsReached"])
      let wide = try scope.kubectl("get", "sweep", "shown", "-o", "wide").output
      for column in ["FAILED", "ALGORITHM", "GPU-HOURS"] { #expect(wide.contains(column)) }
      #expect(try scope.kubectl("get", "martlet", "-o", "name").output.contains("trainingsweep.martlet.dev/shown"))
      let best = try scope.kubectl("get", "sweep", "shown", "-o", "jsonpath={.status.best.value}")
      #expect(best.output == "0.5")

      let described = try scope.kubectl("describe", "sweep", "shown").output
      for word in ["Kind:         TrainingSweep", "MaxTrialsReached", "Events:", "NewBest", "SweepSucceeded"] {
        #expect(described.contains(word), "\(word) is not in: \(described)")
      }
      let events = try scope.kubectl("events", "--for", "trainingsweep/shown").output
      #expect(events.contains("SweepSucceeded"))
      if scope.cluster.hasLogs { #expect(try scope.kubectl("logs", "job/shown-0").status == 0) }
    }
  }

  @Test(
    "explains every kind and its fields",
    arguments: [
      ("sweep", "spec.objective.metric", "STRING"), ("mdep", "spec.replicas", "INTEGER"),
      ("abx", "spec.variants.weight", "INTEGER"), ("fset", "spec.online.every", "STRING"),
    ])
  func explains(kind: String, field: String, type: String) async throws {
    let world = try await World.shared()
    let run = try ProgramRun.of(
      "kubectl", ["--kubeconfig", world.cluster.kubeconfig, "explain", "\(kind).\(field)"])
    #expect(run.status == 0)
    #expect(run.output.contains("GROUP:      martlet.dev"))
    #expect(run.output.contains("DESCRIPTION:"))
    #expect(!run.output.contains("<empty>"))
    #expect(run.output.lowercased().contains("<\(type.lowercased())>"))
  }

  @Test("applies every sample, and the server takes each as it stands")
  func appliesSamples() async throws {
    let world = try await World.shared()
    let samples = "\(Programs.root)/config/samples"
    let files = try FileManager.default.contentsOfDirectory(atPath: samples).filter { $0.hasSuffix(".yaml") }.sorted()
    #expect(files.count > 5)
    for file in files where file != "kustomization.yaml" {
      let run = try ProgramRun.of(
        "kubectl",
        [
          "--kubeconfig", world.cluster.kubeconfig, "apply", "--dry-run=server", "--validate=strict", "-f",
          "\(samples)/\(file)",
        ])
      #expect(run.status == 0, "\(file): \(run.output)")
    }
  }
}
