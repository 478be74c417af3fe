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
  /// How often the container was started again.
  var restarts = 0
  /// Whether the last run has ended and another is due: its start counts as a restart.
  var isRestartDue = false
  /// Whether the startup probe has passed, or there is none and the container runs.
  var started = false
  var ready = false
  /// The process, while there is one.
  var process: Int32?

  /// The number of the run that a start would begin.
  var nextRun: Int { isRestartDue ? restarts + 1 : restarts }

  /// The number of the run before the one that is or was last running; nil where there is none. A container that waits
  /// to be started again shows its last run as both, as `kubectl logs` does.
  var previousRun: Int? {
    guard previous != nil else { return nil }
    return isRestartDue ? restarts : restarts > 0 ? restarts - 1 : nil
  }

  var isRunning: Bool { if case .running = phase { true } else { false } }

  var termination: Termination? { if case .terminated(let termination) = phase { termination } else { nil } }

  /// The entry of `status.containerStatuses`.
  func status(name: String, image: String, podUID: String) -> JSONValue {
    var state: JSONValue = .object([:])
    switch phase {
    case .waiting(let reason, let message):
      state["waiting"] = .compact([
        "reason": .string(reason), "message": message.isEmpty ? JSONValue?.none : .string(message),
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
      "message": message.isEmpty ? JSONValue?.none : .string(message), "startedAt": .string(Timestamp.text(startedAt)),
      "finishedAt": .string(Timestamp.text(finishedAt)),
    ])
  }
}

extension ContainerState {
  /// Why a container that nobody can find any more ended (the kubelet's words for it).
  static let lostReason = "ContainerStatusUnknown"
  static let lostExitCode: Int32 = 137

  /// Reads back what `status` wrote, after the node has lost all processes: what ran is over, what had ended stays so.
  init(recovering status: JSONValue, at now: Date) {
    restarts = status["restartCount"]?.int ?? 0
    previous = status[path: "lastState", "terminated"].flatMap { Termination($0, at: now) }
    let state = status["state"] ?? .null
    if let terminated = state["terminated"].flatMap({ Termination($0, at: now) }) {
      phase = .terminated(terminated)
    } else if let running = state["running"] {
      phase = .terminated(
        Termination(
          exitCode: Self.lostExitCode, reason: Self.lostReason,
          message: "The container could not be located after its node started again. It used to be Running",
          startedAt: running["startedAt"]?.string.flatMap(Timestamp.date) ?? now, finishedAt: now))
    } else if let previous {
      // It waited to be started again, which is to be decided anew.
      phase = .terminated(previous)
    }
  }
}

extension ContainerState.Termination {
  fileprivate init?(_ json: JSONValue, at now: Date) {
    guard let code = json["exitCode"]?.integer.flatMap(Int32.init(exactly:)) else { return nil }
    self.init(
      exitCode: code, reason: json["reason"]?.string ?? "", message: json["message"]?.string ?? "",
      startedAt: json["startedAt"]?.string.flatMap(Timestamp.date) ?? now,
      finishedAt: json["finishedAt"]?.string.flatMap(Timestamp.date) ?? now)
  }
}
