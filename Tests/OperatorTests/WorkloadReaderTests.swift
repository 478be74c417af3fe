import ControllerKit
import CRDTypes
import FoundationEssentials
import JSON
import KubernetesAPI
import Planning
import Testing
import Threads

@testable import Operator

/// A clock that a test moves.
private final class HandTime: TimeSource {
  private let seconds = Locked(0)

  var now: Duration { .seconds(seconds.withLock { $0 }) }
  var date: Date { Date(timeIntervalSince1970: 0) }
  func sleep(until deadline: Duration) async throws {}
  func pass(_ count: Int) { seconds.withLock { $0 += count } }
}

/// A server that has Kueue's kind in one version, or in none, and counts what it is asked.
private final class Kueue: Sendable {
  let version: String?
  let status: Int
  let asked = Locked<[String]>([])

  init(version: String?, status: Int = 404) {
    self.version = version
    self.status = status
  }

  func list(_ type: ResourceType) throws -> [DynamicObject] {
    asked.withLock { $0.append(type.version) }
    guard type.version == version else {
      throw APIError(
        httpStatus: status, reason: status == 404 ? "NotFound" : "Forbidden", message: "no", method: "GET", path: "/")
    }
    var workload = DynamicObject(type, ObjectKey(namespace: "ml", name: "job-a"))
    workload.labels = ["kueue.x-k8s.io/job-uid": "job-uid"]
    workload.json["status"] = [
      "conditions": [
        ["type": "QuotaReserved", "status": "False", "reason": "Pending", "message": "insufficient quota"]
      ],
      "accumulatedPastExexcutionTimeSeconds": 90,
    ]
    return [workload]
  }
}

@Suite("What Kueue says")
struct WorkloadReaderTests {
  private func reader(_ kueue: Kueue, _ time: HandTime) -> WorkloadReader {
    WorkloadReader(time: time) { type, _ in try kueue.list(type) }
  }

  @Test("the version that the server has is found once, and what was read counts for seconds")
  func version() async throws {
    let (kueue, time) = (Kueue(version: "v1beta1"), HandTime())
    let reader = reader(kueue, time)
    let found = try await reader.workloads(in: "ml")
    #expect(found["job-uid"]?.message == "insufficient quota")
    #expect(found["job-uid"]?.pastSeconds == 90)
    _ = try await reader.workloads(in: "ml")
    #expect(kueue.asked.withLock { $0 } == ["v1beta2", "v1beta1"])
    time.pass(6)
    _ = try await reader.workloads(in: "ml")
    #expect(kueue.asked.withLock { $0 } == ["v1beta2", "v1beta1", "v1beta1"])
  }

  @Test("without Kueue, or the right to look, there is nothing to read, and that is asked about once a minute", arguments: [404, 403])
  func absent(status: Int) async throws {
    let (kueue, time) = (Kueue(version: nil, status: status), HandTime())
    let reader = reader(kueue, time)
    for _ in 0..<3 {
      #expect(try await reader.workloads(in: "ml").isEmpty)
      time.pass(10)
    }
    #expect(kueue.asked.withLock { $0 }.count == 2)
    time.pass(60)
    _ = try await reader.workloads(in: "ml")
    #expect(kueue.asked.withLock { $0 }.count == 4)
  }

  @Test("a server that does not answer is an error")
  func broken() async throws {
    let reader = reader(Kueue(version: nil, status: 503), HandTime())
    await #expect(throws: APIError.self) { try await reader.workloads(in: "ml") }
  }

  @Test("a Job that waits gets Kueue's reason; one that Kueue has given up has failed")
  func jobs() throws {
    func workload(_ active: Bool) throws -> QueuedWorkload {
      var object = try #require(try Kueue(version: "v1beta1").list(WorkloadReader.types[1]).first)
      object.spec = ["active": .bool(active)]
      return try #require(QueuedWorkload(reading: object))
    }
    var job = TrialJob(
      name: "churn-0", uid: "job-uid", trial: 0, attempt: 0, parameters: [:], state: .queued,
      created: Date(timeIntervalSince1970: 0))
    job.add(try workload(true))
    #expect(job.waiting?.message == "Pending: insufficient quota")
    #expect(job.state == .queued && job.pastSeconds == 90)
    job.add(try workload(false))
    guard case .failed(let problem, false) = job.state else {
      Issue.record("it has failed")
      return
    }
    #expect(problem.reason == "WorkloadDeactivated")
  }
}
