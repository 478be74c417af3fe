import CRDTypes
import Planning
import Transport

/// Talks to the pods of an experiment's router.
struct RouterClient: Sendable {
  let client: HTTPClient

  /// A router that does not answer in this time counts as not knowing the weights; it is asked again soon.
  private static let timeouts = Timeouts(connect: .seconds(2), idle: .seconds(2), total: .seconds(2))
  /// The slot under which the map holds its version.
  private static let versionSlot = "version"

  /// What a router tells of itself.
  func read(pod: String, address: String, token: String) async -> ExperimentObservation.Router {
    async let version = version(address, token)
    async let requests = requests(address)
    return await ExperimentObservation.Router(
      pod: pod, address: address, version: version, requests: requests)
  }

  /// Gives every slot its variant, and the version last, so that a router that has the version has all of them.
  func set(_ slots: SlotTable, address: String, token: String) async throws {
    let entries = slots.variants.enumerated().map { (String($0.offset), $0.element) }
    for (slot, variant) in entries + [(Self.versionSlot, slots.version)] {
      let request = HTTPRequest(
        "PUT", url: control(address),
        headers: ["Authorization": "Bearer \(token)", "x-slot": slot, "x-variant": variant],
        timeouts: Self.timeouts, isSafeToRetry: true)
      let response = try await client.send(request)
      guard response.isSuccess else { throw RouterRefusal(address: address, status: response.status) }
    }
  }

  private func control(_ address: String) -> String { "http://\(Self.host(address)):\(ExperimentPlanner.controlPort)/" }

  private func version(_ address: String, _ token: String) async -> String? {
    let request = HTTPRequest(
      url: control(address), headers: ["Authorization": "Bearer \(token)"], timeouts: Self.timeouts)
    guard let response = try? await client.send(request), response.isSuccess else { return nil }
    return String(decoding: response.body, as: UTF8.self).filter { !$0.isWhitespace }
  }

  private func requests(_ address: String) async -> [String: Int64] {
    let url = "http://\(Self.host(address)):\(ExperimentPlanner.metricsPort)/metrics?scope=backend"
    guard let response = try? await client.send(HTTPRequest(url: url, timeouts: Self.timeouts)), response.isSuccess
    else { return [:] }
    return RouterMetrics.requests(String(decoding: response.body, as: UTF8.self))
  }

  /// IPv6 addresses stand in brackets in URLs.
  private static func host(_ address: String) -> String { address.contains(":") ? "[\(address)]" : address }
}

/// A router that answers, and refuses.
struct RouterRefusal: Error, Sendable, Hashable, CustomStringConvertible {
  let address: String
  let status: Int

  var description: String { "the router at \(address) answered \(status) to a change of its slots" }
}

/// Reads HAProxy's own metrics.
enum RouterMetrics {
  /// How many requests went to each variant. Health checks do not count among them.
  static func requests(_ text: String) -> [String: Int64] {
    let family = "haproxy_backend_http_requests_total{"
    let prefix = "proxy=\"variant_"
    var out: [String: Int64] = [:]
    for line in text.split(separator: "\n") where line.hasPrefix(family) {
      guard let start = line.firstRange(of: prefix)?.upperBound, let end = line[start...].firstIndex(of: "\""),
        let number = line.split(separator: " ").last.flatMap({ Double($0) }), number.isFinite
      else { continue }
      out[String(line[start..<end]), default: 0] += Int64(number)
    }
    return out
  }
}
