import CRDTypes
import JSON
import KubernetesAPI
import Testing

@Suite("A trial of several pods")
struct ManyPodTests {
  @Test("is cross-validated: a run for each fold below the trial's own, which has their mean and spread")
  func folds() async throws {
    try await TestNamespace.run("folds") { scope in
      let sweep = try await Sweep.create(
        Sweep.manifest(
          "folds", in: scope, parameters: [Parameters.int("k", 1, 2)], search: ["algorithm": "Grid"],
          trials: ["max": 2, "parallel": 1],
          mlflow: """
            with mlflow.start_run():
                fold, k = int(os.environ["JOB_COMPLETION_INDEX"]), int(os.environ["k"])
                assert int(os.environ["MARTLET_FOLDS"]) == 3
                mlflow.log_metric("score", k + fold / 4)
            """, more: ["crossValidation": ["folds": 3]]), in: scope)
      let end = try await sweep.succeeded(within: .seconds(240))
      #expect(Sweep.count("succeeded", end) == 2)
      #expect(end.status[path: "best", "value"]?.string == "2.25")
      #expect(end.status[path: "best", "spread"]?.string == "0.25")

      let runs = try await sweep.runs()
      let parents = runs.filter { $0.fold == nil }
      #expect(parents.map(\.trial) == [0, 1])
      for parent in parents {
        let children = runs.filter { $0.tags["mlflow.parentRunId"] == parent.id }
        #expect(children.compactMap(\.fold).sorted() == [0, 1, 2])
        #expect(children.allSatisfy { $0.status == "FINISHED" })
        #expect(parent.status == "FINISHED")
        #expect(parent.metric("score") == Double(parent.trial + 1) + 0.25)
        #expect(parent.metric("score_std") == 0.25)
      }
      for job in try await sweep.jobs() {
        #expect(job.spec["completionMode"]?.string == "Indexed" && job.spec["completions"]?.int == 3)
      }
    }
  }

  @Test("fails as a whole where one fold does, and says which")
  func failingFold() async throws {
    try await TestNamespace.run("badfold") { scope in
      let sweep = try await Sweep.create(
        Sweep.manifest(
          "badfold", in: scope, parameters: [Parameters.int("k", 1, 1)], trials: ["max": 1],
          code: "", more: ["crossValidation": ["folds": 2]]), in: scope)
      // The fixture wants MLFLOW_RUN_ID, which folds do not have: its traceback is in the message.
      let end = try await sweep.failed()
      let failure = end.status["failures"]?.array?.first
      #expect(failure?["reason"]?.string == "ExitCode")
      #expect(failure?["message"]?.string?.contains("MLFLOW_RUN_ID") == true)
      try await sweep.closed()
    }
  }

  @Test("has nodes that know their rank and where the first one is")
  func nodes() async throws {
    try await TestNamespace.run("nodes") { scope in
      let sweep = try await Sweep.create(
        Sweep.manifest(
          "nodes", in: scope, parameters: [Parameters.int("k", 1, 1)], trials: ["max": 1],
          code: """
            import socket
            rank = int(os.environ["PET_NODE_RANK"])
            assert os.environ["PET_NNODES"] == "2" and os.environ["PET_NPROC_PER_NODE"] == "1"
            assert os.environ["MASTER_ADDR"].startswith(os.environ["PET_MASTER_ADDR"].split(".")[0] + ".")
            log(**{"rank_%d" % rank: 1})
            if rank == 0:
                log(score=1)
            """, more: ["nodes": 2, "gpus": ["perTrial": 1]]), in: scope)
      let end = try await sweep.succeeded()
      #expect(Sweep.count("succeeded", end) == 1)
      let run = try #require(try await sweep.runs().first)
      #expect(run.metric("rank_0") == 1 && run.metric("rank_1") == 1)
      let service = try await scope.client.get(.service, scope.key("nodes-nodes"))
      #expect(service.spec["clusterIP"]?.string == "None")
      #expect(service.spec["publishNotReadyAddresses"]?.bool == true)
      #expect(service.controllerReference?.uid == sweep.uid)
      let pods = try await sweep.pods()
      #expect(pods.allSatisfy { $0.spec["subdomain"]?.string == "nodes-nodes" })
    }
  }
}
