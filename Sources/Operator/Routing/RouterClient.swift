import CRDTypes
import Planning
import Transport

/// Talks to the pods of routers.
struct RouterClient: Sendable {
  let client: HTTPClient

  /// A router that does not answer in this time counts as not knowing the weights; it is asked again soon.
  private static let timeouts = Timeouts(connect: .seconds(2), idle: .seconds(2), total: .seconds(2))
  /// The slot under which the map holds its version.
  private static let versionSlot = "version"

  /// What a router tells of itself.
  func read(pod: String, address: String, configuration: String? = nil, token: String) async -> RouterPod {
    async let version = version(address, token)
    async let traffic = traffic(address)
    return await RouterPod(
      pod: pod, address: address, configuration: configuration, version: version, traffic: traffic)
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

  private func control(_ address: String) -> String { "http://\(Self.host(address)):\(RouterPorts.control)/" }

  private func version(_ address: String, _ token: String) async -> String? {
    let request = HTTPRequest(
      url: control(address), headers: ["Authorization": "Bearer \(token)"], timeouts: Self.timeouts)
    guard let response = try? await client.send(request), response.isSuccess else { return nil }
    return String(decoding: response.body, as: UTF8.self).filter { !$0.isWhitespace }
  }

  private func traffic(_ address: String) async -> [String: TrafficCounts] {
    let url = "http://\(Self.host(address)):\(RouterPorts.metrics)/metrics?scope=backend&scope=server"
    guard let response = try? await client.send(HTTPRequest(url: url, timeouts: Self.timeouts)), response.isSuccess
    else { return [:] }
    var traffic = RouterMetrics.traffic(String(decoding: response.body, as: UTF8.self))
    for variant in traffic.keys { traffic[variant]?.milliseconds = await milliseconds(of: variant, address) }
    return traffic
  }

  /// The sum of the times of a variant's answers; 0 where the router does not count them.
  private func milliseconds(of variant: String, _ address: String) async -> Int64 {
    let url = "http://\(Self.host(address)):\(RouterPorts.metrics)\(RouterPorts.timePath)\(variant)"
    guard let response = try? await client.send(HTTPRequest(url: url, timeouts: Self.timeouts)), response.isSuccess
    else { return 0 }
    return RouterMetrics.milliseconds(String(decoding: response.body, as: UTF8.self))
  }

  /// IPv6 addresses stand in brackets in URLs.
  static func host(_ address: String) -> String { address.contains(":") ? "[\(address)]" : address }
}

/// A router that answers, and refuses.
struct RouterRefusal: Error, Sendable, Hashable, CustomStringConvertible {
  let address: String
  let status: Int

  var description: String { "the router at \(address) answered \(status) to a change of its slots" }
}

/// Reads HAProxy's own metrics.
enum RouterMetrics {
  /// What went to each variant: all requests, and the answers of its own server. Health checks do not count among them.
  static func traffic(_ text: String) -> [String: TrafficCounts] {
    var out: [String: TrafficCounts] = [:]
    for line in text.split(separator: "\n") where line.hasPrefix("haproxy_") {
      guard let brace = line.firstIndex(of: "{"), let proxy = label("proxy", in: line),
        let prefix = RouterPorts.backendPrefixes.first(where: proxy.hasPrefix),
        let number = line.split(separator: " ").last.flatMap({ Double($0) }), number.isFinite
      else { continue }
      let variant = String(proxy.dropFirst(prefix.count))
      let isOwn = label("server", in: line) == RouterPorts.ownServer
      switch line[..<brace] {
      case "haproxy_backend_http_requests_total": out[variant, default: .init()].requests += Int64(number)
      case "haproxy_server_http_responses_total" where isOwn:
        out[variant, default: .init()].answers += Int64(number)
        switch label("code", in: line) {
        case "4xx"?: out[variant, default: .init()].clientErrors += Int64(number)
        case "5xx"?: out[variant, default: .init()].serverErrors += Int64(number)
        default: break
        }
      default: break
      }
    }
    return out
  }

  /// The sum of the counters of bits, after that of all answers, each by the value of its bit.
  static func milliseconds(_ text: String) -> Int64 {
    let counters = text.split(whereSeparator: \.isWhitespace).compactMap { Int64($0) }
    return counters.dropFirst().enumerated().reduce(0) { $0 + $1.element << Int64($1.offset) }
  }

  private static func label(_ name: String, in line: Substring) -> String? {
    guard let start = line.firstRange(of: "\(name)=\"")?.upperBound, let end = line[start...].firstIndex(of: "\"")
    else { return nil }
    return String(line[start..<end])
  }
}
