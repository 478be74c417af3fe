import CRDTypes
import JSON

/// The objects of one revision: its Deployment, Service, PodDisruptionBudget and autoscaler, all under its name. Their
/// selectors are the revision's own and never change.
struct RevisionManifests: Sendable {
  let resource: ModelDeployment
  let name: String
  let model: ModelDeployment.ServedModel?
  /// The PodTemplateSpec.
  let template: JSONValue
  let replicas: Int64
  /// The bounds of the autoscaler; nil where the number of pods is the operator's to say.
  var scaling: ClosedRange<Int64>?
  var promotedTime: String?

  private var spec: ModelDeployment.Spec { resource.spec }
  private var owner: String { resource.metadata.name ?? "" }
  private var key: ObjectKey { ObjectKey(namespace: resource.metadata.namespace, name: name) }

  static func selector(owner: String, revision: String) -> [String: String] {
    [ServingPlanner.podLabel: ChildLabels.labelValue(owner), ServedRevision.label: revision]
  }

  static func labels(owner: String, revision: String) -> [String: String] {
    ChildLabels.make(name: "model-server", instance: owner, component: "server", own: (ServingPlanner.podLabel, owner))
      .merging([ServedRevision.label: revision]) { $1 }
  }

  private var selector: JSONValue { JSONValue(Self.selector(owner: owner, revision: name)) }

  private func object(_ type: ResourceType) -> DynamicObject {
    var out = DynamicObject(type, key)
    out.labels = Self.labels(owner: owner, revision: name)
    out.ownerReferences = [resource.controllerReference]
    return out
  }

  var deployment: DynamicObject {
    var out = object(.deployment)
    var annotations = [RevisionTemplate.annotation: ShortHash.of(template.text())]
    if let model, let value = try? JSONValue(encoding: model) {
      annotations[ServedRevision.modelAnnotation] = value.text()
    }
    if let promotedTime { annotations[ServedRevision.promotedAnnotation] = promotedTime }
    out.annotations = annotations
    out.spec = [
      "replicas": .integer(replicas), "selector": ["matchLabels": selector],
      "progressDeadlineSeconds": .integer(max(spec.rolloutDeadline.components.seconds, 1)),
      "revisionHistoryLimit": 1,
      // Pods of a revision are only ever replaced by equal ones; none goes before its successor answers.
      "strategy": ["type": "RollingUpdate", "rollingUpdate": ["maxSurge": "25%", "maxUnavailable": 0]],
      "template": template,
    ]
    return Owned.stamped(out, except: ["spec", "replicas"])
  }

  var service: DynamicObject {
    var out = object(.service)
    out.spec = [
      "selector": selector, "ports": [RevisionTemplate.servicePort(of: template)],
    ]
    return Owned.stamped(out)
  }

  var disruptionBudget: DynamicObject {
    var out = object(.podDisruptionBudget)
    out.spec = ["maxUnavailable": 1, "selector": ["matchLabels": selector]]
    return Owned.stamped(out)
  }

  var autoscaler: DynamicObject? {
    guard let scaling, let wanted = spec.autoscaling else { return nil }
    func utilization(_ resource: String, _ percent: Int64?) -> JSONValue? {
      percent.map {
        [
          "type": "Resource",
          "resource": [
            "name": .string(resource), "target": ["type": "Utilization", "averageUtilization": .integer($0)],
          ],
        ]
      }
    }
    let metrics = [utilization("cpu", wanted.cpu), utilization("memory", wanted.memory)].compactMap { $0 }
    var out = object(.horizontalPodAutoscaler)
    out.spec = .compact([
      "scaleTargetRef": ["apiVersion": "apps/v1", "kind": "Deployment", "name": .string(name)],
      "minReplicas": .integer(scaling.lowerBound), "maxReplicas": .integer(scaling.upperBound),
      "metrics": .array(metrics + (wanted.metrics ?? [])), "behavior": wanted.behavior,
    ])
    return Owned.stamped(out)
  }
}
