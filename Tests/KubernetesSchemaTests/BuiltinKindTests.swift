import JSON
import KubernetesSchema
import Testing

@Suite struct BuiltinKindTests {
  private static let subdomain = """
    a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and \
    end with an alphanumeric character (e.g. 'example.com', regex used for validation is \
    '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')
    """

  @Test(
    "A built-in object that breaks a rule is refused in the API server's words",
    arguments: [
      (
        "v1 ConfigMap", #"{"metadata": {"name": "B_bad"}}"#,
        [#"metadata.name: Invalid value: "B_bad": \#(BuiltinKindTests.subdomain)"#]
      ),
      (
        "batch/v1 Job",
        #"{"metadata": {"name": "bad"}, "spec": {"template": {"spec": {"containers": [{"name": "m", "image": "x"}]}}}}"#,
        [#"spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never""#]
      ),
      (
        "batch/v1 Job", #"{"metadata": {"name": "bad"}, "spec": {"template": {"spec": {"restartPolicy": "Never"}}}}"#,
        ["spec.template.spec.containers: Required value"]
      ),
      (
        "coordination.k8s.io/v1 Lease", #"{"metadata": {"name": "l2"}, "spec": {"leaseDurationSeconds": 0}}"#,
        ["spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0"]
      ),
      (
        "apps/v1 Deployment",
        #"{"metadata": {"name": "d"}, "spec": {"selector": {"matchLabels": {"a": "b"}}, "template": {"metadata": {"labels": {"a": "c"}}, "spec": {"containers": [{"name": "m", "image": "x"}]}}}}"#,
        [#"spec.template.metadata.labels: Invalid value: {"a":"c"}: `selector` does not match template `labels`"#]
      ),
      (
        "v1 Pod",
        #"{"metadata": {"name": "p"}, "spec": {"containers": [{"name": "m", "env": [{"name": ""}], "volumeMounts": [{"name": "v", "mountPath": "/v"}], "resources": {"limits": {"nvidia.com/gpu": "500m"}}}]}}"#,
        [
          "spec.containers[0].image: Required value", "spec.containers[0].env[0].name: Required value",
          #"spec.containers[0].volumeMounts[0].name: Not found: "v""#,
          #"spec.containers[0].resources.limits[nvidia.com/gpu]: Invalid value: "500m": must be an integer"#,
          #"spec.containers[0].resources.requests[nvidia.com/gpu]: Invalid value: "500m": must be an integer"#,
        ]
      ),
      (
        "v1 Pod",
        #"{"metadata": {"name": "p"}, "spec": {"containers": [{"name": "m", "image": "x", "resources": {"limits": {"cpu": "1"}, "requests": {"cpu": 2}}}]}}"#,
        [#"spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1"#]
      ),
      (
        "batch/v1 Job",
        #"{"metadata": {"name": "j"}, "spec": {"completionMode": "Indexed", "parallelism": 1, "template": {"spec": {"restartPolicy": "Never", "containers": [{"name": "m", "image": "x"}]}}}}"#,
        ["spec.completions: Required value: when completion mode is Indexed"]
      ),
      (
        "networking.k8s.io/v1 Ingress",
        #"{"metadata": {"name": "i"}, "spec": {"rules": [{"http": {"paths": [{"path": "x", "pathType": "Prefix", "backend": {"service": {"name": "s"}}}]}}]}}"#,
        [
          #"spec.rules[0].http.paths[0].path: Invalid value: "x": must be an absolute path"#,
          "spec.rules[0].http.paths[0].backend.service.port: Required value: port name or number is required",
        ]
      ),
    ])
  func refusals(kind: String, object: String, expected: [String]) throws {
    let kind = try Self.kind(kind)
    let prepared = try Samples.prepared(kind, object)
    #expect(kind.validateCreate(prepared).map(\.description).sorted() == expected.sorted())
  }

  private static func kind(_ text: String) throws -> BuiltinKind {
    let words = text.split(separator: " ").map(String.init)
    let parts = words[0].split(separator: "/").map(String.init)
    return try Samples.builtin(parts.count > 1 ? parts[0] : "", parts[parts.count - 1], words[1])
  }

  @Test("An event of events.k8s.io must have a time, a namespace that agrees and a known type")
  func event() throws {
    let kind = try Samples.builtin("events.k8s.io", "v1", "Event")
    var object = try Samples.json(
      #"{"metadata": {"name": "e.2"}, "reason": "x", "type": "Odd", "regarding": {"kind": "ConfigMap", "name": "e"}}"#)
    object[path: "metadata", "namespace"] = "case-1"
    #expect(
      kind.validateCreate(kind.defaulted(kind.pruned(object))).map(\.description).sorted() == [
        "eventTime: Required value", #"involvedObject.namespace: Invalid value: "": does not match event.namespace"#,
        #"type: Invalid value: "": has invalid value: Odd"#,
      ])
  }

  @Test("A Job gets its defaults, its selector and its labels")
  func job() throws {
    let kind = try Samples.builtin("batch", "v1", "Job")
    let job = try Samples.prepared(
      kind,
      #"{"metadata": {"name": "j"}, "spec": {"suspend": true, "backoffLimit": 0, "template": {"spec": {"restartPolicy": "Never", "containers": [{"name": "m", "image": "x", "command": ["true"], "resources": {"limits": {"nvidia.com/gpu": 1}}}]}}}}"#
    )
    let spec = job["spec"] ?? [:]
    #expect(spec["parallelism"] == 1 && spec["completions"] == 1 && spec["completionMode"] == "NonIndexed")
    #expect(spec["podReplacementPolicy"] == "TerminatingOrFailed" && spec["backoffLimit"] == 0)
    let pod = spec[path: "template", "spec"] ?? [:]
    #expect(pod["containers"]?[0]?["resources"] == ["limits": ["nvidia.com/gpu": "1"]])
    #expect(pod["dnsPolicy"] == "ClusterFirst" && pod["terminationGracePeriodSeconds"] == 30)
    #expect(pod["securityContext"] == [:] && pod["schedulerName"] == "default-scheduler")
    #expect(spec["selector"] == ["matchLabels": ["batch.kubernetes.io/controller-uid": "u-1"]])
    #expect(spec[path: "template", "metadata", "labels", "batch.kubernetes.io/job-name"] == "j")
    #expect(kind.validateCreate(job).map(\.description) == [])
    var changed = job
    changed[path: "spec", "suspend"] = false
    #expect(kind.validateUpdate(changed, old: job).map(\.description) == [])
    changed[path: "spec", "template", "spec", "restartPolicy"] = "OnFailure"
    let errors = kind.validateUpdate(changed, old: job)
    #expect(errors.map(\.path) == ["spec.template"] && errors.map(\.detail) == ["field is immutable"])
  }

  @Test("A pod requests what it is limited to, and other resources than cpu and memory earn no quality of service")
  func pod() throws {
    let kind = try Samples.builtin("", "v1", "Pod")
    let pod = try Samples.prepared(
      kind,
      #"{"metadata": {"name": "p"}, "spec": {"containers": [{"name": "m", "image": "x:1.2", "resources": {"limits": {"nvidia.com/gpu": "1"}}, "ports": [{"containerPort": 80}], "livenessProbe": {"httpGet": {"port": 80}}}]}}"#
    )
    let container = pod[path: "spec", "containers"]?[0] ?? [:]
    #expect(container["resources"] == ["limits": ["nvidia.com/gpu": "1"], "requests": ["nvidia.com/gpu": "1"]])
    #expect(pod["status"] == ["phase": "Pending", "qosClass": "BestEffort"])
    #expect(container["imagePullPolicy"] == "IfNotPresent" && container["terminationMessagePolicy"] == "File")
    #expect(container["ports"]?[0] == ["containerPort": 80, "protocol": "TCP"])
    #expect(
      container["livenessProbe"] == [
        "httpGet": ["port": 80, "path": "/", "scheme": "HTTP"], "timeoutSeconds": 1, "periodSeconds": 10,
        "successThreshold": 1, "failureThreshold": 3,
      ])
    #expect(kind.validateCreate(pod).map(\.description) == [])
  }

  @Test("A Deployment and a Service get the defaults that kubectl shows")
  func workloads() throws {
    let deployment = try Samples.prepared(
      Samples.builtin("apps", "v1", "Deployment"),
      #"{"metadata": {"name": "d"}, "spec": {"replicas": 0, "selector": {"matchLabels": {"a": "b"}}, "template": {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [{"name": "m", "image": "x", "resources": {}}]}}, "strategy": {}}}"#
    )
    #expect(
      deployment[path: "spec", "strategy"] == [
        "type": "RollingUpdate", "rollingUpdate": ["maxSurge": "25%", "maxUnavailable": "25%"],
      ])
    #expect(deployment[path: "spec", "revisionHistoryLimit"] == 10)
    #expect(deployment[path: "spec", "progressDeadlineSeconds"] == 600)
    #expect(deployment[path: "spec", "replicas"] == 0)
    let service = try Samples.prepared(
      Samples.builtin("", "v1", "Service"),
      #"{"metadata": {"name": "svc"}, "spec": {"selector": {"app": "svc"}, "ports": [{"name": "80-8080", "port": 80, "targetPort": 8080}]}}"#
    )
    #expect(service[path: "spec", "type"] == "ClusterIP" && service[path: "spec", "sessionAffinity"] == "None")
    #expect(
      service[path: "spec", "ports"]?[0] == ["name": "80-8080", "port": 80, "protocol": "TCP", "targetPort": 8080])
  }

  @Test(
    "Values of the wrong type are refused in the words of Go's two decoders",
    arguments: [
      (
        "v1 ConfigMap", #"{"data": {"x": 6}}"#,
        "json: cannot unmarshal number into Go struct field ConfigMap.data of type string",
        "cannot convert int64 to string"
      ),
      (
        "apps/v1 Deployment", #"{"spec": {"replicas": "two"}}"#,
        "json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32",
        "cannot convert string to int32"
      ),
      (
        "v1 ConfigMap", #"{"metadata": {"labels": ["a"]}}"#,
        "json: cannot unmarshal array into Go struct field ObjectMeta.metadata.labels of type map[string]string",
        "cannot restore map from slice"
      ),
    ])
  func decoding(kind: String, object: String, decoder: String, conversion: String) throws {
    let error = try Self.kind(kind).decodeError(try Samples.json(object))
    #expect(error?.decoder == decoder && error?.conversion == conversion)
  }

  @Test("A strategic merge patch that does not fit is refused as a patch")
  func refusedPatch() throws {
    let patch = try Samples.json(#"{"data": {"x": "6"}, "wrong": true}"#)
    let problem = StrictDecodingError(problems: try Samples.builtin("", "v1", "ConfigMap").unknownFields(patch))
      .description
    let status = PatchRefusal.status(patch: patch, problem: problem)
    #expect(
      status["details"]?["causes"]?[0]?["message"]
        == #"Invalid value: "map[data:map[x:6] wrong:true]": strict decoding error: unknown field "wrong""#)
    #expect(status["details"]?["kind"] == nil)
  }

  @Test("Objects that are being deleted take no new finalizers")
  func finalizers() throws {
    let kind = try Samples.builtin("", "v1", "ConfigMap")
    let old = try Samples.json(
      #"{"metadata": {"name": "f", "finalizers": ["example.com/hold"], "deletionTimestamp": "2026-01-01T00:00:00Z"}}"#)
    var new = old
    new[path: "metadata", "finalizers"] = ["example.com/other", "example.com/hold"]
    #expect(
      kind.validateUpdate(new, old: old).map(\.description) == [
        #"metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"example.com/other"}"#
      ])
  }

  @Test("Pruning and defaulting settle after one pass for every kind", arguments: BuiltinKind.all)
  func idempotence(kind: BuiltinKind) throws {
    let object = try Samples.json(
      #"{"metadata": {"name": "a", "labels": {}, "x": 1}, "spec": {"template": {"spec": {"containers": [{"name": "a", "env": [], "ports": [{"containerPort": 0}]}]}}, "ports": [{"port": 80}]}, "data": {}, "type": ""}"#
    )
    let once = kind.defaulted(kind.pruned(object))
    #expect(kind.pruned(once) == once)
    #expect(kind.defaulted(once) == once)
  }
}
