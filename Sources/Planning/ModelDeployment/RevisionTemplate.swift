import CRDTypes
import JSON

/// The pod template of a new revision, and the name that it gives the revision.
///
/// A revision keeps the template that it was made with: an operator of a later version, or with another default image,
/// makes other templates for new revisions and leaves those that serve as they are.
struct RevisionTemplate: Sendable {
  let resource: ModelDeployment
  let model: ModelDeployment.ServedModel
  let access: ServingObservation.Access
  /// The server, where the deployment has no template of its own.
  let runtime: ServingRuntime
  let defaultImage: String

  /// The annotation of Deployments with the digest of the template that they were made with.
  static let annotation = "martlet.dev/template"

  private var spec: ModelDeployment.Spec { resource.spec }
  private var owner: String { resource.metadata.name ?? "" }

  /// The deployment's name and a digest of everything that makes pods of another revision differ: the model, the pod as
  /// the user describes it, and the way to MLflow. What the operator adds of its own is not part of it.
  var name: String {
    let server = spec.server.flatMap { try? JSONValue(encoding: $0) }
    let identity: JSONValue = .compact([
      "uri": model.uri.map(JSONValue.string), "version": model.version.map(JSONValue.string),
      "digest": model.digest.map(JSONValue.string), "server": server, "template": spec.template,
      "tracking": .string(access.uri), "credentials": access.credentials.map(JSONValue.string),
      "cache": spec.cache.flatMap { try? JSONValue(encoding: $0) }, "secret": spec.model.secret.map(JSONValue.string),
    ])
    return "\(owner)-\(ShortHash.of(identity.text()))"
  }

  /// How the model's files come to the pod; nil where the server loads the model by its URI.
  private var fetch: ModelFetch? {
    let isNeeded =
      runtime.needsFiles || spec.cache != nil || spec.template != nil || spec.model.uri != nil || spec.model.secret != nil
    guard isNeeded else { return nil }
    // The download is a Python program: images of other servers may have none.
    let own = runtime.needsFiles ? nil : spec.server?.image
    return ModelFetch(
      model: model, access: access, image: own ?? defaultImage, cache: spec.cache, secret: spec.model.secret)
  }

  /// The PodTemplateSpec.
  var template: JSONValue {
    let labels = RevisionManifests.labels(owner: owner, revision: name)
    guard var own = spec.template else {
      return ["metadata": ["labels": JSONValue(labels), "annotations": annotations], "spec": podSpec]
    }
    var allLabels = own[path: "metadata", "labels"]?.stringMap ?? [:]
    allLabels.merge(labels) { $1 }
    own[path: "metadata", "labels"] = JSONValue(allLabels)
    for (key, value) in annotations.object ?? [:] { own[path: "metadata", "annotations", key] = value }
    var containers = own[path: "spec", "containers"]?.array ?? []
    if !containers.isEmpty {
      let present = Set((containers[0]["env"]?.array ?? []).compactMap { $0["name"]?.string })
      let added = modelEnvironment.filter { !present.contains($0["name"]?.string ?? "") }
      containers[0]["env"] = .array(added + (containers[0]["env"]?.array ?? []))
      if containers[0]["lifecycle"] == nil { containers[0]["lifecycle"] = Self.drain }
      nameFirstPort(&containers)
      if let fetch {
        containers[0]["volumeMounts"] = .array((containers[0]["volumeMounts"]?.array ?? []) + [fetch.mount])
        let before = fetch.initContainer.map { [$0] } ?? []
        if !before.isEmpty || own[path: "spec", "initContainers"] != nil {
          own[path: "spec", "initContainers"] = .array(before + (own[path: "spec", "initContainers"]?.array ?? []))
        }
        own[path: "spec", "volumes"] = .array(
          (own[path: "spec", "volumes"]?.array ?? []) + [fetch.volume] + fetch.scratch)
      }
      own[path: "spec", "containers"] = .array(containers)
    }
    return own
  }

  /// A Service that leads to pods of several revisions finds the port of each by its name, where numbers differ.
  private func nameFirstPort(_ containers: inout [JSONValue]) {
    let names = containers.flatMap { $0["ports"]?.array ?? [] }.compactMap { $0["name"]?.string }
    guard var ports = containers[0]["ports"]?.array, !ports.isEmpty, ports[0]["name"] == nil, !names.contains("http")
    else { return }
    ports[0]["name"] = "http"
    containers[0]["ports"] = .array(ports)
  }

  /// The port of a revision's Service: the first port of the template's first container.
  static func servicePort(of template: JSONValue) -> JSONValue {
    let port = template[path: "spec", "containers"]?[0]?["ports"]?[0]
    let target = port?["name"] ?? port?["containerPort"] ?? 8080
    return ["name": "http", "port": 80, "targetPort": target, "protocol": "TCP"]
  }

  /// The path that answers 200 while a pod can serve.
  static func healthPath(of template: JSONValue) -> String {
    template[path: "spec", "containers"]?[0]?[path: "readinessProbe", "httpGet", "path"]?.string ?? "/"
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
    let spread: JSONValue = [
      "maxSkew": 1, "topologyKey": "kubernetes.io/hostname", "whenUnsatisfiable": "ScheduleAnyway",
      "labelSelector": ["matchLabels": JSONValue(RevisionManifests.selector(owner: owner, revision: name))],
    ]
    let longest = spec.ingress?.timeout.flatMap(DurationText.duration) ?? RouterConfiguration.defaultTimeout
    return .compact([
      "serviceAccountName": server?.serviceAccountName.map(JSONValue.string),
      "automountServiceAccountToken": .bool(false),
      "imagePullSecrets": server?.imagePullSecrets.map { .array($0.map { ["name": .string($0)] }) },
      "nodeSelector": server?.nodeSelector.map(JSONValue.init),
      "tolerations": server?.tolerations.map(JSONValue.array), "affinity": server?.affinity,
      "runtimeClassName": server?.runtimeClassName.map(JSONValue.string),
      "priorityClassName": server?.priorityClassName.map(JSONValue.string),
      "topologySpreadConstraints": [spread],
      "securityContext": security, "terminationGracePeriodSeconds": .integer(longest.components.seconds + 10),
      "initContainers": fetch?.initContainer.map { [$0] }, "containers": [container],
      "volumes": .array(
        [["name": "tmp", "emptyDir": [:]]] + (fetch.map { [$0.volume] + $0.scratch } ?? []) + runtime.volumes),
    ])
  }

  /// A claim's files belong to the group of the pods, so that each of them can add to the cache.
  private var security: JSONValue {
    var out = RestrictedPod.pod
    if spec.cache?.claim != nil { out["fsGroup"] = JSONValue(RestrictedPod.user) }
    return out
  }

  /// Proxies hear of the end of a pod later than the pod does; until then it goes on answering.
  private static let drain: JSONValue = ["preStop": ["exec": ["command": ["sleep", "5"]]]]

  /// The runtime's container under what the deployment says of it.
  private var container: JSONValue {
    let server = spec.server
    let health: JSONValue = ["path": .string(runtime.healthPath), "port": "http"]
    var out: JSONObject = [
      // An answer means that the model is loaded. A large one may take minutes.
      "startupProbe": ["httpGet": health, "periodSeconds": 2, "timeoutSeconds": 5, "failureThreshold": 300],
      "readinessProbe": ["httpGet": health, "periodSeconds": 2, "timeoutSeconds": 5, "failureThreshold": 2],
      "livenessProbe": ["httpGet": health, "periodSeconds": 10, "timeoutSeconds": 10, "failureThreshold": 3],
      "image": .string(defaultImage), "lifecycle": Self.drain,
      "terminationMessagePolicy": "FallbackToLogsOnError", "securityContext": RestrictedPod.container,
    ]
    out.merge(runtime.container.object ?? [:]) { $1 }
    let arguments = (runtime.container["args"]?.array ?? []) + (server?.args ?? []).map(JSONValue.string)
    out["args"] = arguments.isEmpty ? nil : .array(arguments)
    out["name"] = "server"
    out["image"] = server?.image.map(JSONValue.string) ?? out["image"]
    out["env"] = .array(environment)
    out["envFrom"] = server?.envFrom.map(JSONValue.array) ?? out["envFrom"]
    out["resources"] = server?.resources ?? out["resources"]
    out["ports"] = [["name": "http", "containerPort": .integer(spec.port), "protocol": "TCP"]]
    out["volumeMounts"] = .array(
      [["name": "tmp", "mountPath": "/tmp"]] + (fetch.map { [$0.mount] } ?? [])
        + (runtime.container["volumeMounts"]?.array ?? []))
    return .object(out)
  }

  private var modelEnvironment: [JSONValue] {
    var out: [JSONValue] = [["name": "MODEL_URI", "value": .string(model.uri ?? "")]]
    if !access.uri.isEmpty { out.append(["name": "MLFLOW_TRACKING_URI", "value": .string(access.uri)]) }
    if let secret = access.credentials { out += TrackingCredentials.environment(from: secret) }
    return out
  }

  /// Later variables may use earlier ones, and those of the deployment itself take the place of others.
  private var environment: [JSONValue] {
    var out: [JSONValue] = [
      ["name": "POD_IP", "valueFrom": ["fieldRef": ["fieldPath": "status.podIP"]]],
      ["name": "PORT", "value": .string(String(spec.port))], ["name": "MODEL_NAME", "value": .string(owner)],
      ["name": "MODEL_PATH", "value": .string(fetch == nil ? model.uri ?? "" : ModelFetch.path)],
      // The user has no entry in the image's /etc/passwd, where Python libraries would look for these two.
      ["name": "HOME", "value": "/tmp"], ["name": "USER", "value": "martlet"],
    ]
    let own = (spec.server?.env ?? []).map { variable -> JSONValue in
      .compact([
        "name": .string(variable.name), "value": variable.value.map(JSONValue.string), "valueFrom": variable.valueFrom,
      ])
    }
    for more in [modelEnvironment, threads, runtime.container["env"]?.array ?? [], own] {
      let names = Set(more.compactMap { $0["name"]?.string })
      out.removeAll { names.contains($0["name"]?.string ?? "") }
      out += more
    }
    return out
  }

  /// Numeric libraries start as many threads as the node has processors, unless they are told that the container may
  /// use fewer.
  private var threads: [JSONValue] {
    let limit = spec.server?.resources?[path: "limits", "cpu"]
    guard let text = limit?.string ?? limit?.text(), let milli = Quantity.milli(text), milli > 0 else { return [] }
    let count = String(max(1, (milli + 999) / 1000))
    return ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"].map {
      ["name": .string($0), "value": .string(count)]
    }
  }
}
