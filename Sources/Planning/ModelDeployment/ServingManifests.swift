import CRDTypes
import JSON

/// The objects that serve a model: a Deployment of the scoring server, its Service, Ingress and autoscaler.
struct ServingManifests: Sendable {
  let resource: ModelDeployment
  let model: ModelDeployment.ServedModel
  let access: ServingObservation.Access?
  let defaultImage: String
  /// How many pods the Deployment has been given, where it exists.
  let observedReplicas: Int64?

  static let label = "martlet.dev/model-deployment"

  private var spec: ModelDeployment.Spec { resource.spec }
  private var name: String { resource.metadata.name ?? "" }
  private var key: ObjectKey { resource.key }
  private var selector: [String: String] { [Self.label: ChildLabels.labelValue(name)] }

  private var labels: [String: String] {
    ChildLabels.make(name: "model-server", instance: name, component: "server", own: (Self.label, name))
  }

  var deployment: DynamicObject {
    var out = DynamicObject(.deployment, key)
    out.labels = labels
    out.ownerReferences = [resource.controllerReference]
    out.spec = .compact([
      "replicas": .integer(replicas),
      "selector": ["matchLabels": JSONValue(selector)],
      "progressDeadlineSeconds": .integer(spec.rolloutDeadline.components.seconds),
      "revisionHistoryLimit": .integer(spec.historyLimit),
      // New pods come before old ones go: a rollout never has less than what was asked for.
      "strategy": ["type": "RollingUpdate", "rollingUpdate": ["maxSurge": "25%", "maxUnavailable": 0]],
      "template": ["metadata": ["labels": JSONValue(labels), "annotations": annotations], "spec": podSpec],
    ])
    return Owned.stamped(out, except: spec.autoscaling == nil ? nil : ["spec", "replicas"])
  }

  /// The autoscaler decides the number where there is one. It is repeated rather than left out: a field that was
  /// applied and no longer is falls back to its default, which would leave one pod for a moment.
  private var replicas: Int64 {
    guard let scaling = spec.autoscaling else { return spec.replicaCount }
    return max(observedReplicas ?? scaling.minimum, 1)
  }

  private var annotations: JSONValue {
    .compact([
      "martlet.dev/model-uri": model.uri.map(JSONValue.string),
      "martlet.dev/model-version": model.version.map(JSONValue.string),
      "martlet.dev/run-id": model.runID.map(JSONValue.string),
    ])
  }

  private var podSpec: JSONValue {
    let server = spec.server
    return .compact([
      "serviceAccountName": server?.serviceAccountName.map(JSONValue.string),
      "automountServiceAccountToken": .bool(false),
      "imagePullSecrets": server?.imagePullSecrets.map { .array($0.map { ["name": .string($0)] }) },
      "nodeSelector": server?.nodeSelector.map(JSONValue.init),
      "tolerations": server?.tolerations.map(JSONValue.array), "affinity": server?.affinity,
      "runtimeClassName": server?.runtimeClassName.map(JSONValue.string),
      "priorityClassName": server?.priorityClassName.map(JSONValue.string),
      "securityContext": RestrictedPod.pod, "terminationGracePeriodSeconds": 30,
      "containers": [container], "volumes": [["name": "tmp", "emptyDir": [:]]],
    ])
  }

  private var container: JSONValue {
    let server = spec.server
    let ping: JSONValue = ["path": "/ping", "port": "http"]
    return .compact([
      "name": "server", "image": .string(server?.image ?? defaultImage),
      // The application that `mlflow models serve` starts, without the idle process that starts it.
      "command": [
        "uvicorn", "--host", "$(POD_IP)", "--port", .string(String(spec.port)), "mlflow.pyfunc.scoring_server.app:app",
      ],
      "env": .array(environment), "envFrom": server?.envFrom.map(JSONValue.array), "resources": server?.resources,
      "ports": [["name": "http", "containerPort": .integer(spec.port), "protocol": "TCP"]],
      // The port opens once the model is loaded, so an answer means that it is. A large model may take minutes.
      "startupProbe": ["httpGet": ping, "periodSeconds": 2, "timeoutSeconds": 5, "failureThreshold": 300],
      "readinessProbe": ["httpGet": ping, "periodSeconds": 2, "timeoutSeconds": 5, "failureThreshold": 2],
      "livenessProbe": ["httpGet": ping, "periodSeconds": 10, "timeoutSeconds": 10, "failureThreshold": 3],
      // Proxies hear of the end of a pod later than the pod does; until then it goes on answering.
      "lifecycle": ["preStop": ["exec": ["command": ["sleep", "5"]]]],
      "terminationMessagePolicy": "FallbackToLogsOnError", "securityContext": RestrictedPod.container,
      "volumeMounts": [["name": "tmp", "mountPath": "/tmp"]],
    ])
  }

  private var environment: [JSONValue] {
    var out: [JSONValue] = [
      ["name": "POD_IP", "valueFrom": ["fieldRef": ["fieldPath": "status.podIP"]]],
      // Where MLflow's scoring application looks for the model (mlflow/pyfunc/scoring_server/app.py).
      ["name": "__pyfunc_model_path__", "value": .string(model.uri ?? "")],
      ["name": "MODEL_URI", "value": .string(model.uri ?? "")],
      // The user has no entry in the image's /etc/passwd, where Python libraries would look for these two.
      ["name": "HOME", "value": "/tmp"], ["name": "USER", "value": "martlet"],
    ]
    if let access {
      out.append(["name": "MLFLOW_TRACKING_URI", "value": .string(access.uri)])
      if let secret = access.credentials { out += TrackingCredentials.environment(from: secret) }
    }
    let own = Set((spec.server?.env ?? []).map(\.name))
    out.removeAll { own.contains($0["name"]?.string ?? "") }
    for variable in spec.server?.env ?? [] {
      out.append(
        .compact([
          "name": .string(variable.name), "value": variable.value.map(JSONValue.string),
          "valueFrom": variable.valueFrom,
        ]))
    }
    return out
  }

  var service: DynamicObject {
    var out = DynamicObject(.service, key)
    out.labels = labels
    out.ownerReferences = [resource.controllerReference]
    out.spec = [
      "selector": JSONValue(selector),
      "ports": [["name": "http", "port": 80, "targetPort": "http", "protocol": "TCP"]],
    ]
    return Owned.stamped(out)
  }

  var ingress: DynamicObject? {
    spec.ingress.map {
      IngressManifest.make($0, key: key, service: name, labels: labels, owner: resource.controllerReference)
    }
  }

  var autoscaler: DynamicObject? {
    guard let scaling = spec.autoscaling else { return nil }
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
    let metrics = [utilization("cpu", scaling.cpu), utilization("memory", scaling.memory)].compactMap { $0 }
    var out = DynamicObject(.horizontalPodAutoscaler, key)
    out.labels = labels
    out.ownerReferences = [resource.controllerReference]
    out.spec = .compact([
      "scaleTargetRef": ["apiVersion": "apps/v1", "kind": "Deployment", "name": .string(name)],
      "minReplicas": .integer(scaling.minimum), "maxReplicas": .integer(scaling.max),
      "metrics": .array(metrics + (scaling.metrics ?? [])), "behavior": scaling.behavior,
    ])
    return Owned.stamped(out)
  }

  /// The pods' selector in the text form that `kubectl -l` and autoscalers read.
  var selectorText: String { selector.map { "\($0.key)=\($0.value)" }.joined(separator: ",") }
}
