import CRDTypes
import FoundationEssentials
import JSON
import KubernetesAPI
import TestSupport
import Testing

@Suite("The deletion of a sweep")
struct DeletionTests {
  @Test("takes its Jobs and pods with it and closes its runs as KILLED")
  func cleansUp() async throws {
    try await TestNamespace.run("delete") { scope in
      let sweep = try await Self.running(in: scope)
      try await scope.client.delete(TrainingSweep.type, scope.key(sweep.name))
      try await Self.expectGone(sweep)
    }
  }

  @Test("waits for an operator that is down, and is then finished")
  func waitsForTheOperator() async throws {
    try await TestNamespace.run("down") { scope in
      let sweep = try await Self.running(in: scope)
      await scope.martlet.stop()
      try await scope.client.delete(TrainingSweep.type, scope.key(sweep.name))
      #expect(try await sweep.object().isDeleting)
      try await scope.martlet.start()
      try await Self.expectGone(sweep)
    }
  }

  @Test("waits for an MLflow that does not answer, takes the Jobs away meanwhile, and closes the runs when it is back")
  func waitsForTracking() async throws {
    let world = try await World.shared()
    // A switch in front of MLflow: while the file `down` is there, nothing gets through.
    let proxy = try await Nginx.start(
      """
      client_max_body_size 100m;
      location / {
        if (-f $document_root/down) { return 503; }
        proxy_pass http://127.0.0.1:\(world.mlflow.server.port);
        proxy_set_header Host 127.0.0.1:\(world.mlflow.server.port);
      }
      """, certificates: nil)
    let options = TestNamespace.Options(trackingURI: "http://127.0.0.1:\(proxy.port)")
    try await TestNamespace.run("dark", options) { scope in
      let sweep = try await Self.running(in: scope)
      try proxy.folder.write("down", "")
      try await scope.client.delete(TrainingSweep.type, scope.key(sweep.name))
      try await scope.waitUntilNone(.job, selector: sweep.selector)
      #expect(try await sweep.object().isDeleting)
      #expect(try await sweep.runs().contains { $0.status == "RUNNING" })
      try FileManager.default.removeItem(atPath: proxy.folder.file("down"))
      try await Self.expectGone(sweep)
    }
  }

  private static func running(in scope: TestNamespace) async throws -> Sweep {
    let sweep = try await Sweep.create(
      Sweep.manifest(
        "long", in: scope, parameters: [Parameters.int("k", 1, 9)], trials: ["max": 5, "parallel": 2],
        code: "time.sleep(600)"), in: scope)
    try await sweep.running(2)
    return sweep
  }

  private static func expectGone(_ sweep: Sweep) async throws {
    try await eventually("the sweep to be gone", within: .seconds(90)) {
      if let left = try await sweep.scope.client.find(TrainingSweep.type, sweep.scope.key(sweep.name)) {
        throw NotYet("it has the finalizers \(left.finalizers)\n\(left.conditionText)")
      }
    }
    try await sweep.scope.waitUntilNone(.job, selector: sweep.selector)
    try await sweep.scope.waitUntilNone(.pod, selector: sweep.selector)
    try await sweep.closed()
    let runs = try await sweep.runs()
    #expect(runs.count == 2)
    #expect(runs.allSatisfy { $0.status == "KILLED" })
  }
}
