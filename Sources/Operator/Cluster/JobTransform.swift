import CRDTypes
import ControllerKit
import JSON
import Planning
import Threads

/// Leaves of a Job what says which trial it is and how far: there may be thousands of them. What is the same in many of
/// them, names of members and owners, is kept once.
final class JobTransform: Sendable {
  /// Owners as Jobs name them, by UID.
  private let owners = Locked<[String: JSONValue]>([:])
  private static let greatestOwners = 1000

  func callAsFunction(_ job: inout DynamicObject) {
    let (metadata, status) = (job.metadata, job.status)
    job.json = .compact([
      "apiVersion": .string(job.apiVersion), "kind": .string(job.kind),
      "metadata": .compact([
        "name": metadata["name"], "namespace": metadata["namespace"], "uid": metadata["uid"],
        "resourceVersion": metadata["resourceVersion"], "creationTimestamp": metadata["creationTimestamp"],
        "deletionTimestamp": metadata["deletionTimestamp"], "finalizers": metadata["finalizers"],
        "labels": Self.part([SweepKeys.trial, SweepKeys.attempt], of: metadata["labels"]),
        "annotations": Self.part([SweepKeys.parameters, SweepKeys.run], of: metadata["annotations"]),
        "ownerReferences": shared(metadata["ownerReferences"]),
      ]),
      "spec": Self.part(["suspend"], of: job.spec),
      "status": .compact([
        "startTime": status["startTime"], "completionTime": status["completionTime"], "ready": status["ready"],
        "conditions": Self.conditions(of: job),
      ]),
    ])
  }

  /// Some members of an object; nil where it has none of them.
  private static func part(_ names: [String], of value: JSONValue?) -> JSONValue? {
    let members = names.compactMap { name in value?[name].map { (name, $0) } }
    return members.isEmpty ? nil : .object(JSONObject(members))
  }

  /// How it ended. Of a success there is nothing more to say.
  private static func conditions(of job: DynamicObject) -> JSONValue? {
    let told = (job.status["conditions"]?.array ?? []).compactMap { condition -> JSONValue? in
      guard condition["status"]?.string == "True" else { return nil }
      switch condition["type"]?.string {
      case "Complete": return part(["type", "status", "lastTransitionTime"], of: condition)
      case "Failed": return part(["type", "status", "lastTransitionTime", "reason", "message"], of: condition)
      default: return nil
      }
    }
    return told.isEmpty ? nil : .array(told)
  }

  private func shared(_ references: JSONValue?) -> JSONValue? {
    guard let references, let uid = references[0]?["uid"]?.string else { return references }
    return owners.withLock { owners in
      if let known = owners[uid], known == references { return known }
      if owners.count >= Self.greatestOwners { owners = [:] }
      owners[uid] = references
      return references
    }
  }
}
