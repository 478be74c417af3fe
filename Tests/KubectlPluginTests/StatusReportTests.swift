import CRDTypes
import FoundationEssentials
import JSON
import Testing

@testable import KubectlPlugin

@Suite("The status report")
struct StatusReportTests {
  static let now = Timestamp.date("2026-01-02T00:00:00Z") ?? .distantPast

  static func sweep(_ name: String, namespace: String = "ml") -> DynamicObject {
    var out = DynamicObject(TrainingSweep.type, ObjectKey(namespace: namespace, name: name))
    out.json[path: "metadata", "creationTimestamp"] = "2026-01-01T18:30:00Z"
    out.json[path: "metadata", "generation"] = 1
    out.status = [
      "observedGeneration": 1, "progress": "4/9", "trials": ["running": 2, "failed": 0], "best": ["value": "0.97"],
      "conditions": [
        ["type": "Ready", "status": "True", "reason": "TargetReached", "message": "trial 3 reached 0.97"]
      ],
    ]
    return out
  }

  static func broken() -> DynamicObject {
    var out = sweep("fraud")
    out.status = [
      "observedGeneration": 1,
      "conditions": [
        ["type": "Ready", "status": "False", "reason": "OOMKilled", "message": "trial 1 failed\nKilled"],
        ["type": "Stalled", "status": "True", "reason": "OOMKilled", "message": "trial 1 failed\nKilled"],
      ],
    ]
    return out
  }

  func report(_ objects: [DynamicObject], all: Bool = false) -> StatusReport {
    StatusReport(
      sections: [
        .init(definition: TrainingSweep.definition, objects: objects),
        .init(definition: FeatureSet.definition, objects: []),
      ], showsNamespace: all, now: Self.now)
  }

  @Test("Objects are a table, and what is wrong with them follows with what to do")
  func table() {
    #expect(
      report([Self.sweep("churn"), Self.broken()]).table() == """
        TRAININGSWEEPS
        NAME    TRIALS   RUNNING   FAILED   BEST   READY   REASON          AGE
        churn   4/9      2         0        0.97   True    TargetReached   5h30m
        fraud                                      False   OOMKilled       5h30m

          problem: fraud: OOMKilled (Ready=False, Stalled=True)
            trial 1 failed
            Killed
            -> raise the container's memory limit in the template
        """)
  }

  @Test("Objects of several namespaces are named with theirs")
  func namespaces() {
    let text = report([Self.sweep("churn", namespace: "a"), Self.sweep("churn", namespace: "b")], all: true).table()
    #expect(text.contains("NAMESPACE   NAME    TRIALS"))
    #expect(text.contains("\nb           churn   4/9"))
  }

  @Test("Where there is nothing, that is said")
  func nothing() {
    #expect(report([]).table() == "No objects found.")
  }

  @Test("For programs there are cells, a level and the advice")
  func json() {
    let item = report([Self.broken()]).json()["items"]?[0]
    #expect(item?["kind"] == "TrainingSweep")
    #expect(item?["level"] == "problem")
    #expect(item?[path: "columns", "Reason"] == "OOMKilled")
    #expect(item?["concerns"]?[0]?["conditions"] == ["Ready=False", "Stalled=True"])
    #expect(item?["concerns"]?[0]?["advice"] == "raise the container's memory limit in the template")
  }
}
