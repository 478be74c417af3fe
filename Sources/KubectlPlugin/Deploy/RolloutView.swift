import CRDTypes
import JSON

/// What a deployment's status says of its rollout.
struct RolloutView: Sendable {
  let object: DynamicObject

  init(_ object: DynamicObject) { self.object = object }

  var stable: JSONValue? { object.status["stable"] }
  var candidate: JSONValue? { object.status["candidate"] }
  var failed: JSONValue? { object.status["failedRevision"] }
  var history: [JSONValue] { object.status["history"]?.array ?? [] }

  var text: String {
    var parts = [head, revisions]
    if let checks { parts.append(checks) }
    if let failure { parts.append(failure) }
    return parts.joined(separator: "\n\n")
  }

  private var head: String {
    let ready = object.status["conditions"]?.array?.first { $0["type"]?.string == "Ready" }
    let source = object.status[path: "model", "source"]?.string ?? "no model yet"
    let uri = object.status[path: "model", "uri"]?.string.map { " (\($0))" } ?? ""
    var lines = ["\(object.name) follows \(source)\(uri), at \(object.status["url"]?.string ?? "no address yet")"]
    if let ready {
      lines.append("\(ready["reason"]?.string ?? ""): \(ready["message"]?.string ?? "")")
    }
    return lines.joined(separator: "\n")
  }

  private var revisions: String {
    var rows: [[String]] = []
    func add(_ role: String, _ revision: JSONValue?) {
      guard let revision else { return }
      let model = revision[path: "model", "version"]?.string.map { "version \($0)" } ?? revision[path: "model", "uri"]?.string
      rows.append([
        revision["name"]?.string ?? "", role, Self.share(revision),
        "\(revision["readyReplicas"]?.integer ?? 0)/\(revision["replicas"]?.integer ?? 0)", model ?? "-",
        Self.answers(revision),
      ])
    }
    add("stable", stable)
    add("candidate", candidate)
    add("failed", failed)
    for revision in history { add("kept", revision) }
    return TextTable(["REVISION", "ROLE", "WEIGHT", "READY", "MODEL", "ANSWERS"], rows).text
  }

  private static func share(_ revision: JSONValue) -> String {
    if let copies = revision["mirrored"]?.integer { return "copies of \(copies)%" }
    return "\(revision["weight"]?.integer ?? 0)%"
  }

  /// Requests, errors and the mean time, where a router counts them.
  private static func answers(_ revision: JSONValue) -> String {
    guard let requests = revision["requests"]?.integer else { return "-" }
    let errors = (revision["clientErrors"]?.integer ?? 0) + (revision["serverErrors"]?.integer ?? 0)
    let time = revision["meanLatency"]?.string.map { ", \($0)" } ?? ""
    return "\(requests) (\(errors) errors\(time))"
  }

  private var checks: String? {
    let checks = object.status["checks"]?.array ?? []
    guard !checks.isEmpty else { return nil }
    let rows = checks.map { check in
      ["name", "verdict", "value", "limit", "message"].map { check[$0]?.string ?? "-" }
    }
    return TextTable(["CHECK", "VERDICT", "VALUE", "LIMIT", "MESSAGE"], rows).text
  }

  private var failure: String? {
    guard let failure = object.status["lastFailure"] else { return nil }
    var lines = [
      "Last failure: \(failure["revision"]?.string ?? ""): \(failure["reason"]?.string ?? ""): "
        + "\(failure["message"]?.string ?? "")"
    ]
    if let log = failure["log"]?.string { lines.append(log) }
    return lines.joined(separator: "\n")
  }
}
