import CRDTypes
import ControllerKit
import JSON
import Planning
import Transport

/// Sends the request to warm up to every pod of a new revision, once.
actor WarmUpSender {
  private static let timeouts = Timeouts(connect: .seconds(5), idle: .seconds(60), total: .seconds(60))

  private let client: HTTPClient
  /// Pods that have answered well, by UID, for each deployment.
  private var warm: [String: Set<String>] = [:]

  init(_ client: HTTPClient) { self.client = client }

  /// - Parameter pods: those of the revision, ready or not.
  func send(
    _ warmUp: ModelDeployment.WarmUp, of uid: String, to pods: [DynamicObject], port: Int
  ) async -> ServingObservation.WarmUp {
    let ready = pods.filter(\.isReadyPod)
    let present = Set(pods.map(\.uid))
    warm[uid] = (warm[uid] ?? []).intersection(present)
    for pod in ready where warm[uid]?.contains(pod.uid) != true {
      guard let address = pod.status["podIP"]?.string else { continue }
      let request = HTTPRequest(
        "POST", url: "http://\(RouterClient.host(address)):\(port)\(warmUp.path ?? "/invocations")",
        headers: ["Content-Type": "application/json"], body: Array(warmUp.body.utf8), timeouts: Self.timeouts)
      do {
        let response = try await client.send(request)
        guard response.isSuccess else {
          let said = String(decoding: response.body.prefix(500), as: UTF8.self)
          return .failed("pod \(pod.name) answered the warm-up request with \(response.status): \(said)")
        }
        warm[uid, default: []].insert(pod.uid)
      } catch {
        return .failed("pod \(pod.name) did not answer the warm-up request: \(error)")
      }
    }
    return ready.isEmpty ? .pending : .passed
  }

  func forget(_ uid: String) { warm[uid] = nil }
}
