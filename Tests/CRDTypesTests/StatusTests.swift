import CRDTypes
import JSON
import Testing
import YAML

@Suite("Statuses")
struct StatusTests {
  @Test("A status with words of a later version is still read")
  func laterWords() throws {
    let sweep = try JSONValue(
      yaml: """
        conditions: [{type: Later, status: Unknown, reason: R, message: m, lastTransitionTime: "2026-01-01T00:00:00Z"}]
        search: {algorithm: Later, reason: r}
        failures: [{trial: 1, reason: Later}]
        later: {field: 1}
        """
    ).decoded(as: TrainingSweep.Status.self)
    #expect(sweep.search?.algorithm == "Later")
    let experiment = try JSONValue(
      yaml:
        "{decision: {verdict: Later}, sampleRatio: {verdict: Later}, metrics: [{name: a, variant: b, verdict: Later}]}"
    ).decoded(as: ABExperiment.Status.self)
    #expect(experiment.decision?.verdict == "Later")
    let deployment = try JSONValue(yaml: "checks: [{name: a, verdict: Later}]").decoded(as: ModelDeployment.Status.self)
    #expect(deployment.checks?.first?.verdict == "Later")
  }

  @Test("No field of a status is a closed choice but a condition's status")
  func openChoices() {
    for definition in ResourceDefinition.all {
      let nodes = SchemaNode(path: definition.type.kind, schema: definition.status, isRequired: false).all
      for node in nodes {
        guard case .string(let bounds) = node.schema.shape, !bounds.choices.isEmpty else { continue }
        #expect(bounds.choices == ["True", "False", "Unknown"], "\(node)")
      }
    }
  }

  @Test("A status encodes without nulls, as server-side apply needs it")
  func noNulls() throws {
    var status = TrainingSweep.Status()
    status.trials = TrainingSweep.TrialCounts(planned: 3, queued: 0, running: 1, succeeded: 1, stopped: 0, failed: 0)
    status.best = TrainingSweep.TrialSummary(trial: 1, value: "0.9", parameters: ["a": "1"])
    #expect(
      try JSONValue(encoding: status).text()
        == #"{"best":{"parameters":{"a":"1"},"trial":1,"value":"0.9"},"trials":"#
        + #"{"failed":0,"planned":3,"queued":0,"running":1,"stopped":0,"succeeded":1}}"#)
  }
}
