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

  private static let metadata = [
    "name", "namespace", "uid", "resourceVersion", "creationTimestamp", "deletionTimestamp", "finalizers",
  ]

  func callAsFunction(_ job: inout DynamicObject) {
    var metadata = Self.part(Self.metadata, of: job.metadata)
    metadata += Self.member("labels", Self.object([SweepKeys.trial, SweepKeys.attempt], of: job.metadata["labels"]))
    metadata += Self.member(
      "annotations", Self.object([SweepKeys.parameters, SweepKeys.run], of: job.metadata["annotations"]))
    metadata += Self.member("ownerReferences", shared(job.metadata["ownerReferences"]))
    var status = Self.part(["startTime", "completionTime", "ready"], of: job.status)
    status += Self.member("conditions", Self.conditions(of: job))
    job.json = .compact([
      "apiVersion": .string(job.apiVersion), "kind": .string(job.kind), "metadata": .object(JSONObject(metadata)),
      "spec": Self.object(["suspend"], of: job.spec), "status": .object(JSONObject(status)),
    ])
  }

  private static func member(_ name: String, _ value: JSONValue?) -> [(String, JSONValue)] {
    value.map { [(name, $0)] } ?? []
  }

  private static func part(_ names: [String], of value: JSONValue?) -> [(String, JSONValue)] {
    names.flatMap { member($0, value?[$0]) }
  }

  private static func object(_ names: [String], of value: JSONValue?) -> JSONValue? {
    let members = part(names, of: value)
    return members.isEmpty ? nil : .object(JSONObject(members))
  }

  /// How it ended. Of a success there is nothing more to say.
  private static func conditions(of job: DynamicObject) -> JSONValue? {
    let told = (job.status["conditions"]?.array ?? []).compactMap { condition -> JSONValue? in
      guard condition["status"]?.string == "True" else { return nil }
      switch condition["type"]?.string {
      case "Complete": return object(["type", "status", "lastTransitionTime"], of: condition)
      case "Failed": return object(["type", "status", "lastTransitionTime", "reason", "message"], of: condition)
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
