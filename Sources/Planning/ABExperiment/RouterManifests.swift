import CRDTypes
import JSON

/// The objects of an experiment's router.
struct RouterManifests: Sendable {
  let resource: ABExperiment
  let configuration: RouterConfiguration
  let slots: SlotTable
  let image: String

  static let label = "martlet.dev/experiment"

  private var name: String { resource.metadata.name ?? "" }
  var key: ObjectKey { ExperimentPlanner.routerKey(of: resource) }
  private var selector: [String: String] { [Self.label: ChildLabels.labelValue(name)] }

  private var labels: [String: String] {
    ChildLabels.make(name: "router", instance: name, component: "router", own: (Self.label, name))
  }

  private func object(_ type: ResourceType, _ key: ObjectKey) -> DynamicObject {
    var out = DynamicObject(type, key)
    out.labels = labels
    out.ownerReferences = [resource.controllerReference]
    return out
  }

  var configMap: DynamicObject {
    var out = object(.configMap, key)
    out.json["data"] = ["haproxy.cfg": .string(configuration.text), "slots.map": .string(slots.text)]
    return Owned.stamped(out)
  }

  func secret(token: String) -> DynamicObject {
    var out = object(.secret, key)
    out.json["stringData"] = ["token": .string(token)]
    return out
  }

  var deployment: DynamicObject {
    var out = object(.deployment, key)
    out.spec = [
      "replicas": .integer(resource.spec.routerReplicas),
      "selector": ["matchLabels": JSONValue(selector)],
      "strategy": ["type": "RollingUpdate", "rollingUpdate": ["maxSurge": 1, "maxUnavailable": 0]],
      "template": [
        "metadata": [
          "labels": JSONValue(labels),
          // New pods for a new configuration; the slots are changed in running ones.
          "annotations": ["martlet.dev/configuration": .string(ShortHash.of(configuration.text))],
        ],
        "spec": podSpec,
      ],
    ]
    return Owned.stamped(out)
  }

  private var podSpec: JSONValue {
    let ready: JSONValue = ["path": "/_martlet/ready", "port": "http"]
    let container: JSONValue = .compact([
      "name": "haproxy", "image": .string(image),
      "command": ["haproxy", "-db", "-f", .string("\(RouterConfiguration.folder)/haproxy.cfg")],
      "env": [
        ["name": "POD_IP", "valueFrom": ["fieldRef": ["fieldPath": "status.podIP"]]],
        [
          "name": .string(RouterConfiguration.tokenVariable),
          "valueFrom": ["secretKeyRef": ["name": .string(key.name), "key": "token"]],
        ],
      ],
      "ports": [
        ["name": "http", "containerPort": JSONValue(RouterConfiguration.port), "protocol": "TCP"],
        ["name": "metrics", "containerPort": JSONValue(RouterConfiguration.metricsPort), "protocol": "TCP"],
        ["name": "control", "containerPort": JSONValue(RouterConfiguration.controlPort), "protocol": "TCP"],
      ],
      "resources": resource.spec.router?.resources,
      "readinessProbe": ["httpGet": ready, "periodSeconds": 2, "failureThreshold": 2],
      "livenessProbe": ["httpGet": ready, "periodSeconds": 10, "failureThreshold": 3, "timeoutSeconds": 5],
      "lifecycle": ["preStop": ["exec": ["command": ["sleep", "5"]]]],
      "terminationMessagePolicy": "FallbackToLogsOnError", "securityContext": RestrictedPod.container,
      "volumeMounts": [
        ["name": "configuration", "mountPath": .string(RouterConfiguration.folder), "readOnly": true]
      ],
    ])
    return [
      "automountServiceAccountToken": false, "securityContext": RestrictedPod.pod, "containers": [container],
      "terminationGracePeriodSeconds": 30,
      "volumes": [["name": "configuration", "configMap": ["name": .string(key.name)]]],
    ]
  }

  var service: DynamicObject {
    var out = object(.service, key)
    out.spec = [
      "selector": JSONValue(selector),
      "ports": [["name": "http", "port": 80, "targetPort": "http", "protocol": "TCP"]],
    ]
    return Owned.stamped(out)
  }

  var disruptionBudget: DynamicObject {
    var out = object(.podDisruptionBudget, key)
    out.spec = ["maxUnavailable": 1, "selector": ["matchLabels": JSONValue(selector)]]
    return Owned.stamped(out)
  }

  var ingress: DynamicObject? {
    resource.spec.ingress.map {
      IngressManifest.make(
        $0, key: resource.key, service: key.name, labels: labels, owner: resource.controllerReference)
    }
  }
}
