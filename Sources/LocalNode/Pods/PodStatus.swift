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

  /// `Pending`, `Running`, `Succeeded` or `Failed`, as the kubelet decides it (`getPhase`). While a process is left, the
  /// pod has not ended: others may take an end for leave to run it again.
  var phase: String {
    let mains = machine.containers.filter { !$0.isInit }.compactMap { machine.states[$0.name] }
    let hasBegun = mains.allSatisfy { $0.isRunning || $0.termination != nil || $0.previous != nil }
    let isUnderWay = hasBegun && !mains.isEmpty ? "Running" : "Pending"
    if machine.hasProcesses { return isUnderWay }
    if reason != nil { return "Failed" }
    let ended = mains.compactMap(\.termination)
    let isWhole = ended.count == mains.count
    if machine.isTerminating { return isWhole && ended.allSatisfy { $0.exitCode == 0 } ? "Succeeded" : "Failed" }
    let hasFailedInit = machine.containers.contains { container in
      container.isInit && !container.isSidecar && machine.restartPolicy == "Never"
        && (machine.states[container.name]?.termination?.exitCode ?? 0) != 0
    }
    if hasFailedInit { return "Failed" }
    guard isWhole, !restarting(ended) else { return isUnderWay }
    return ended.allSatisfy { $0.exitCode == 0 } ? "Succeeded" : "Failed"
  }

  private func restarting(_ ended: [ContainerState.Termination]) -> Bool {
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
      "phase": .string(phase), "reason": machine.hasProcesses ? nil : reason.map(JSONValue.string),
      "message": machine.hasProcesses ? nil : message.map(JSONValue.string),
      "podIP": .string(podIP), "podIPs": [["ip": .string(podIP)]], "hostIP": .string(hostIP),
      "hostIPs": [["ip": .string(hostIP)]], "startTime": .string(Timestamp.text(startTime)),
      "conditions": conditions(previous: previous["conditions"]?.array ?? [], at: now),
      "containerStatuses": .array(mains), "initContainerStatuses": inits.isEmpty ? JSONValue?.none : .array(inits),
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
    let begun = machine.containers.contains { container in
      guard !container.isInit, let state = machine.states[container.name] else { return false }
      return state.isRunning || state.termination != nil || state.previous != nil
    }
    let incomplete = machine.containers.filter { container in
      guard container.isInit, !begun else { return false }
      let state = machine.states[container.name]
      return container.isSidecar ? state?.started != true && !over : state?.termination?.exitCode != 0
    }.map(\.name)
    let initialized = incomplete.isEmpty
    let unready = machine.containers.filter { !$0.isInit || $0.isSidecar }.filter { machine.states[$0.name]?.ready != true }.map(\.name)
    let ready = unready.isEmpty && !over
    let why: (String?, String?) =
      ready ? (nil, nil)
      : phase == "Succeeded" ? ("PodCompleted", nil)
      : phase == "Failed" ? ("PodFailed", nil)
      : ("ContainersNotReady", "containers with unready status: [\(unready.joined(separator: " "))]")
    let all: [(String, Bool, String?, String?)] = [
      ("PodReadyToStartContainers", true, nil, nil),
      (
        "Initialized", initialized, initialized ? nil : "ContainersNotInitialized",
        initialized ? nil : "containers with incomplete status: [\(incomplete.joined(separator: " "))]"
      ),
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
