import CRDTypes
import JSON

@testable import Planning

/// A cluster of values: carries out the steps of plans, as a server that fills defaults in would.
struct ObjectWorld: Sendable {
  var objects: [ObjectReference: DynamicObject] = [:]
  var deleted: [ObjectReference] = []

  /// Carries out the steps that change objects; gives the records back.
  mutating func carryOut<Status, Record>(_ plan: Plan<Status, Record>) -> [Record] {
    var records: [Record] = []
    for step in plan.steps {
      switch step {
      case .record(let record): records.append(record)
      case .create(let object), .apply(let object):
        let reference = ObjectReference(Self.type(of: object), object.key)
        var stored = objects[reference] ?? object
        stored.json = Self.merged(stored.json, object.json)
        stored.json[path: "metadata", "uid"] = .string("uid-\(object.kind)-\(object.name)")
        stored.json[path: "metadata", "generation"] = 1
        if object.kind == "Service" { stored.spec["clusterIP"] = .string("10.0.0.\(objects.count % 250 + 1)") }
        if let kept = objects[reference]?.spec["clusterIP"] { stored.spec["clusterIP"] = kept }
        objects[reference] = stored
      case .delete(let reference, _):
        objects[reference] = nil
        deleted.append(reference)
      case .patch(let reference, let patch):
        if let json = objects[reference]?.json { objects[reference]?.json = Self.merged(json, patch) }
      case .finalizer, .make, .together: break
      }
    }
    return records
  }

  func objects(_ type: ResourceType) -> [DynamicObject] {
    objects.filter { $0.key.type == type }.map(\.value).sorted { $0.name < $1.name }
  }

  func object(_ type: ResourceType, _ name: String) -> DynamicObject? {
    objects[ObjectReference(type, ObjectKey(namespace: "ml", name: name))]
  }

  /// The objects of a router under their name.
  func router(_ name: String, pods: [RouterPod]) -> RouterObjects {
    RouterObjects(
      configMap: object(.configMap, name), secret: object(.secret, name), deployment: object(.deployment, name),
      service: object(.service, name), disruptionBudget: object(.podDisruptionBudget, name), pods: pods,
      configurations: Set(pods.compactMap(\.configuration)), freshToken: "0123456789abcdef")
  }

  mutating func setStatus(_ type: ResourceType, _ name: String, _ status: JSONValue) {
    let reference = ObjectReference(type, ObjectKey(namespace: "ml", name: name))
    objects[reference]?.status = status
  }

  /// What an apply with force does, as far as objects go; lists and scalars are replaced.
  private static func merged(_ old: JSONValue, _ new: JSONValue) -> JSONValue {
    guard case .object(var members) = old, case .object(let changes) = new else { return new }
    for (key, value) in changes { members[key] = members[key].map { merged($0, value) } ?? value }
    return .object(members)
  }

  private static func type(of object: DynamicObject) -> ResourceType {
    let all: [ResourceType] = [
      .deployment, .service, .ingress, .horizontalPodAutoscaler, .configMap, .secret, .podDisruptionBudget,
      .httpRoute,
    ]
    return all.first { $0.kind == object.kind } ?? .pod
  }
}
