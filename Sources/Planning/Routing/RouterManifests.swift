import CRDTypes
import JSON

/// The objects of a router: of an experiment, or of a deployment that is rolled out step by step.
struct RouterManifests: Sendable {
  /// The name of all of them.
  let key: ObjectKey
  /// The resource that the router belongs to.
  let owner: OwnerReference
  let instance: String
  /// The label by which its pods are found.
  let label: (key: String, value: String)
  let configuration: RouterConfiguration
  let slots: SlotTable
  let image: String
  var replicas: Int64 = 2
  var resources: JSONValue?
  /// The Secret with the keys that are let in, and what changes when it does.
  var keys: (secret: String, version: String)?

  /// The annotation of pods with the digest of their configuration.
  static let configurationAnnotation = "martlet.dev/configuration"

  private var selector: [String: String] { [label.key: ChildLabels.labelValue(label.value)] }

  private var labels: [String: String] {
    ChildLabels.make(name: "router", instance: instance, component: "router", own: label)
  }

  private func object(_ type: ResourceType) -> DynamicObject {
    var out = DynamicObject(type, key)
    out.labels = labels
    out.ownerReferences = [owner]
    return out
  }

  var configMap: DynamicObject {
    var out = object(.configMap)
    out.json["data"] = .compact([
      "haproxy.cfg": .string(configuration.text), "slots.map": .string(slots.text),
      RouterMirror.file: configuration.program.map(JSONValue.string),
    ])
    return Owned.stamped(out)
  }

  func secret(token: String) -> DynamicObject {
    var out = object(.secret)
    out.json["stringData"] = ["token": .string(token)]
    return out
  }

  var deployment: DynamicObject {
    var out = object(.deployment)
    var annotations = [Self.configurationAnnotation: configuration.digest]
    if let keys { annotations["martlet.dev/keys"] = ShortHash.of(keys.version) }
    out.spec = [
      "replicas": .integer(replicas),
      "selector": ["matchLabels": JSONValue(selector)],
      "strategy": ["type": "RollingUpdate", "rollingUpdate": ["maxSurge": 1, "maxUnavailable": 0]],
      // New pods for a new configuration; the slots are changed in running ones.
      "template": ["metadata": ["labels": JSONValue(labels), "annotations": JSONValue(annotations)], "spec": podSpec],
    ]
    return Owned.stamped(out)
  }

  private var podSpec: JSONValue {
    let ready: JSONValue = ["path": "/_martlet/ready", "port": "http"]
    var mounts: [JSONValue] = [
      ["name": "configuration", "mountPath": .string(RouterConfiguration.folder), "readOnly": true]
    ]
    var volumes: [JSONValue] = [["name": "configuration", "configMap": ["name": .string(key.name)]]]
    if let keys {
      mounts.append(["name": "keys", "mountPath": .string(RouterConfiguration.keyFolder), "readOnly": true])
      volumes.append(["name": "keys", "secret": ["secretName": .string(keys.secret)]])
    }
    let container: JSONValue = .compact([
      "name": "haproxy", "image": .string(image),
      // HAProxy's own image is stopped with SIGUSR1, at which it finishes what it has; SIGTERM would cut it off.
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
      "resources": resources,
      "readinessProbe": ["httpGet": ready, "periodSeconds": 2, "failureThreshold": 2],
      "livenessProbe": ["httpGet": ready, "periodSeconds": 10, "failureThreshold": 3, "timeoutSeconds": 5],
      "lifecycle": ["preStop": ["exec": ["command": ["sleep", "5"]]]],
      "terminationMessagePolicy": "FallbackToLogsOnError", "securityContext": RestrictedPod.container,
      "volumeMounts": .array(mounts),
    ])
    let longest = (configuration.gate.timeout ?? RouterConfiguration.defaultTimeout).components.seconds
    return [
      "automountServiceAccountToken": false, "securityContext": RestrictedPod.pod, "containers": [container],
      "terminationGracePeriodSeconds": .integer(longest + 10), "volumes": .array(volumes),
    ]
  }

  var service: DynamicObject {
    var out = object(.service)
    out.spec = [
      "selector": JSONValue(selector),
      "ports": [["name": "http", "port": 80, "targetPort": "http", "protocol": "TCP"]],
    ]
    return Owned.stamped(out)
  }

  var disruptionBudget: DynamicObject {
    var out = object(.podDisruptionBudget)
    out.spec = ["maxUnavailable": 1, "selector": ["matchLabels": JSONValue(selector)]]
    return Owned.stamped(out)
  }
}
