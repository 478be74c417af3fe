import CRDTypes
import FoundationEssentials
import JSON

/// A pod's status as its node reports it, from the states of its containers.
struct PodStatus: Sendable {
  let machine: PodMachine
  let podSpec: JSONValue
  let podUID: String
  let podIP: String
  let hostIP: String
  let startTime: Date
  /// Set where the node ends the pod itself, such as `DeadlineExceeded`.
  var reason: String?
  var message: String?

  /// `Pending`, `Running`, `Succeeded` or `Failed`, as the kubelet decides it.
  var phase: String {
    if reason != nil { return "Failed" }
    let inits = machine.containers.filter(\.isInit)
    let mains = machine.containers.filter { !$0.isInit }
    let failedInit = inits.contains { container in
      !container.isSidecar && machine.restartPolicy == "Never"
        && (machine.states[container.name]?.termination?.exitCode ?? 0) != 0
    }
    if failedInit { return "Failed" }
    let states = mains.compactMap { machine.states[$0.name] }
    let ended = states.compactMap(\.termination)
    if ended.count == states.count, !restarting(ended) {
      return ended.allSatisfy { $0.exitCode == 0 } ? "Succeeded" : "Failed"
    }
    let begun = states.contains { $0.isRunning || $0.termination != nil || $0.previous != nil }
    return begun ? "Running" : "Pending"
  }

  private func restarting(_ ended: [ContainerState.Termination]) -> Bool {
    if machine.isTerminating { return false }
    switch machine.restartPolicy {
    case "Always": return true
    case "OnFailure": return ended.contains { $0.exitCode != 0 }
    default: return false
    }
  }

  /// The whole status. Times of conditions are kept from `previous` where their status is the same.
  func json(previous: JSONValue, at now: Date) -> JSONValue {
    let inits = statuses { $0.isInit }
    let mains = statuses { !$0.isInit }
    return .compact([
      "phase": .string(phase), "reason": reason.map(JSONValue.string), "message": message.map(JSONValue.string),
      "podIP": .string(podIP), "podIPs": [["ip": .string(podIP)]], "hostIP": .string(hostIP),
      "hostIPs": [["ip": .string(hostIP)]], "startTime": .string(Timestamp.text(startTime)),
      "conditions": conditions(previous: previous["conditions"]?.array ?? [], at: now),
      "containerStatuses": .array(mains), "initContainerStatuses": inits.isEmpty ? nil : .array(inits),
    ])
  }

  private func statuses(_ include: (PodMachine.Container) -> Bool) -> [JSONValue] {
    let images = Dictionary(
      ((podSpec["initContainers"]?.array ?? []) + (podSpec["containers"]?.array ?? [])).map {
        ($0["name"]?.string ?? "", $0["image"]?.string ?? "")
      }, uniquingKeysWith: { first, _ in first })
    return machine.containers.filter(include).compactMap { container in
      machine.states[container.name]?.status(name: container.name, image: images[container.name] ?? "", podUID: podUID)
    }
  }

  private func conditions(previous: [JSONValue], at now: Date) -> JSONValue {
    let over = phase == "Succeeded" || phase == "Failed"
    let initialized = machine.containers.filter(\.isInit).allSatisfy { container in
      let state = machine.states[container.name]
      return container.isSidecar ? state?.started == true || over : state?.termination?.exitCode == 0
    }
    let mains = machine.containers.filter { !$0.isInit }
    let unready = mains.filter { machine.states[$0.name]?.ready != true }.map(\.name)
    let ready = unready.isEmpty && !over
    let why: (String?, String?) =
      ready ? (nil, nil)
      : phase == "Succeeded" ? ("PodCompleted", nil)
      : phase == "Failed" ? ("PodFailed", nil)
      : ("ContainersNotReady", "containers with unready status: [\(unready.joined(separator: " "))]")
    let all: [(String, Bool, String?, String?)] = [
      ("PodReadyToStartContainers", true, nil, nil),
      ("Initialized", initialized, initialized ? nil : "ContainersNotInitialized", nil),
      ("Ready", ready, why.0, why.1), ("ContainersReady", ready, why.0, why.1),
      ("PodScheduled", true, nil, nil),
    ]
    return .array(
      all.map { type, holds, reason, message in
        let status = holds ? "True" : "False"
        let old = previous.first { $0["type"]?.string == type }
        let time = old?["status"]?.string == status ? old?["lastTransitionTime"]?.string : nil
        return .compact([
          "type": .string(type), "status": .string(status), "reason": reason.map(JSONValue.string),
          "message": message.map(JSONValue.string), "lastTransitionTime": .string(time ?? Timestamp.text(now)),
        ])
      })
  }
}
