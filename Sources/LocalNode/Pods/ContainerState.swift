import CRDTypes
import FoundationEssentials
import JSON

/// What is known of one container of a pod.
struct ContainerState: Sendable, Hashable {
  enum Phase: Sendable, Hashable {
    case waiting(reason: String, message: String)
    case running(since: Date)
    case terminated(Termination)
  }

  struct Termination: Sendable, Hashable {
    var exitCode: Int32
    var reason: String
    var message: String
    var startedAt: Date
    var finishedAt: Date
  }

  var phase: Phase = .waiting(reason: "ContainerCreating", message: "")
  var previous: Termination?
  var restarts = 0
  /// Whether the startup probe has passed, or there is none and the container runs.
  var started = false
  var ready = false
  /// The process, while there is one.
  var process: Int32?

  var isRunning: Bool { if case .running = phase { true } else { false } }

  var termination: Termination? { if case .terminated(let termination) = phase { termination } else { nil } }

  /// The entry of `status.containerStatuses`.
  func status(name: String, image: String, podUID: String) -> JSONValue {
    var state: JSONValue = .object([:])
    switch phase {
    case .waiting(let reason, let message):
      state["waiting"] = .compact([
        "reason": .string(reason), "message": message.isEmpty ? nil : .string(message),
      ])
    case .running(let since): state["running"] = ["startedAt": .string(Timestamp.text(since))]
    case .terminated(let termination): state["terminated"] = termination.json
    }
    return .compact([
      "name": .string(name), "image": .string(image), "imageID": .string(image),
      "containerID": .string("process://\(podUID)/\(name)/\(restarts)"), "restartCount": JSONValue(restarts),
      "ready": .bool(ready), "started": .bool(started), "state": state,
      "lastState": previous.map { ["terminated": $0.json] } ?? .object([:]),
    ])
  }
}

extension ContainerState.Termination {
  var json: JSONValue {
    .compact([
      "exitCode": .integer(Int64(exitCode)), "reason": .string(reason),
      "message": message.isEmpty ? nil : .string(message), "startedAt": .string(Timestamp.text(startedAt)),
      "finishedAt": .string(Timestamp.text(finishedAt)),
    ])
  }
}
