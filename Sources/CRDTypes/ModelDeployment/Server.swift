public import JSON

extension ModelDeployment {
  /// The container that answers requests, made by the operator.
  public struct Server: Sendable, Hashable, Codable {
    /// The serving runtime: MLflow (the default), or one of the operator's configuration, such as Triton or vLLM.
    public var runtime: String?
    /// The image; that of the runtime by default. It must hold the runtime and the packages that the model needs.
    public var image: String?
    /// Arguments for the server after those of its runtime.
    public var args: [String]?
    /// The container's resources: a Kubernetes ResourceRequirements.
    public var resources: JSONValue?
    /// Environment variables of the container.
    public var env: [EnvironmentVariable]?
    /// Sources of environment variables: Kubernetes EnvFromSource objects.
    public var envFrom: [JSONValue]?
    /// The port on which the server listens. 8080 by default.
    public var port: Int64?
    /// The ServiceAccount of the pods; default by default.
    public var serviceAccountName: String?
    /// The names of Secrets with which the image is pulled.
    public var imagePullSecrets: [String]?
    /// Labels that a node must have.
    public var nodeSelector: [String: String]?
    /// Taints that are tolerated: Kubernetes Toleration objects.
    public var tolerations: [JSONValue]?
    /// Where pods are placed: a Kubernetes Affinity.
    public var affinity: JSONValue?
    /// The RuntimeClass of the pods.
    public var runtimeClassName: String?
    /// The PriorityClass of the pods.
    public var priorityClassName: String?

    public init(
      runtime: String? = nil, image: String? = nil, args: [String]? = nil, resources: JSONValue? = nil,
      env: [EnvironmentVariable]? = nil, envFrom: [JSONValue]? = nil, port: Int64? = nil, serviceAccountName: String? = nil,
      imagePullSecrets: [String]? = nil, nodeSelector: [String: String]? = nil, tolerations: [JSONValue]? = nil,
      affinity: JSONValue? = nil, runtimeClassName: String? = nil, priorityClassName: String? = nil
    ) {
      self.runtime = runtime
      self.image = image
      self.args = args
      self.resources = resources
      self.env = env
      self.envFrom = envFrom
      self.port = port
      self.serviceAccountName = serviceAccountName
      self.imagePullSecrets = imagePullSecrets
      self.nodeSelector = nodeSelector
      self.tolerations = tolerations
      self.affinity = affinity
      self.runtimeClassName = runtimeClassName
      self.priorityClassName = priorityClassName
    }
  }

  /// One environment variable.
  public struct EnvironmentVariable: Sendable, Hashable, Codable {
    /// The name.
    public var name: String
    /// The value; $(OTHER) is expanded by Kubernetes.
    public var value: String?
    /// Where the value comes from: a Kubernetes EnvVarSource.
    public var valueFrom: JSONValue?

    public init(name: String, value: String? = nil, valueFrom: JSONValue? = nil) {
      self.name = name
      self.value = value
      self.valueFrom = valueFrom
    }
  }

  /// A HorizontalPodAutoscaler for each revision.
  public struct Autoscaling: Sendable, Hashable, Codable {
    /// The least number of replicas. 1 by default.
    public var min: Int64?
    /// The greatest number of replicas.
    public var max: Int64
    /// The CPU use to aim at, in percent of the request.
    public var cpu: Int64?
    /// The memory use to aim at, in percent of the request.
    public var memory: Int64?
    /// Other metrics: Kubernetes MetricSpec objects (autoscaling/v2).
    public var metrics: [JSONValue]?
    /// How fast to scale: a Kubernetes HorizontalPodAutoscalerBehavior.
    public var behavior: JSONValue?

    public init(
      min: Int64? = nil, max: Int64, cpu: Int64? = nil, memory: Int64? = nil, metrics: [JSONValue]? = nil,
      behavior: JSONValue? = nil
    ) {
      self.min = min
      self.max = max
      self.cpu = cpu
      self.memory = memory
      self.metrics = metrics
      self.behavior = behavior
    }
  }
}

extension ModelDeployment.Server {
  static let schema = Schema.object(
    "The container that answers requests, made by the operator.",
    [
      .optional(
        "runtime",
        .string(
          "The serving runtime: MLflow (the default), or one of the operator's configuration, such as Triton or vLLM.",
          minLength: 1, maxLength: 63, pattern: "^[A-Za-z]([A-Za-z0-9-]*[A-Za-z0-9])?$", default: "MLflow")),
      .optional(
        "image",
        .string(
          """
          The image; that of the runtime by default. It must hold the runtime and the packages that the model needs.
          """,
          minLength: 1, maxLength: 1024)),
      .optional(
        "args",
        .list(
          "Arguments for the server after those of its runtime.",
          of: .string("An argument; $(NAME) is expanded by Kubernetes.", maxLength: 4096), maxItems: 100)),
      .optional("resources", .anyObject("The container's resources: a Kubernetes ResourceRequirements.")),
      .optional(
        "env",
        .list(
          "Environment variables of the container.",
          of: ModelDeployment.EnvironmentVariable.schema, maxItems: 100, kind: .map(key: "name"))),
      .optional(
        "envFrom",
        .list(
          "Sources of environment variables: Kubernetes EnvFromSource objects.",
          of: .anyObject("A Kubernetes EnvFromSource."), maxItems: 16)),
      .optional(
        "port",
        .int64(
          "The port on which the server listens. 8080 by default.",
          minimum: 1, maximum: 65535, default: 8080)),
      .optional("serviceAccountName", .objectName("The ServiceAccount of the pods; default by default.")),
      .optional(
        "imagePullSecrets",
        .list(
          "The names of Secrets with which the image is pulled.",
          of: .objectName("The name of a Secret."), maxItems: 8, kind: .set)),
      .optional(
        "nodeSelector",
        .map(
          "Labels that a node must have.",
          of: .string("The label's value.", maxLength: 63), maxProperties: 32)),
      .optional(
        "tolerations",
        .list(
          "Taints that are tolerated: Kubernetes Toleration objects.",
          of: .anyObject("A Kubernetes Toleration."), maxItems: 32)),
      .optional("affinity", .anyObject("Where pods are placed: a Kubernetes Affinity.")),
      .optional("runtimeClassName", .objectName("The RuntimeClass of the pods.")),
      .optional("priorityClassName", .objectName("The PriorityClass of the pods.")),
    ])
}

extension ModelDeployment.EnvironmentVariable {
  static let schema = Schema.object(
    "One environment variable.",
    [
      .required("name", .string("The name.", minLength: 1, maxLength: 253, pattern: "^[-._a-zA-Z][-._a-zA-Z0-9]*$")),
      .optional("value", .string("The value; $(OTHER) is expanded by Kubernetes.", maxLength: 32768)),
      .optional("valueFrom", .anyObject("Where the value comes from: a Kubernetes EnvVarSource.")),
    ],
    rules: [
      ValidationRule(
        "!(has(self.value) && has(self.valueFrom))",
        message: "a variable has value or valueFrom: remove one of them")
    ])
}

extension ModelDeployment.Autoscaling {
  static let schema = Schema.object(
    "A HorizontalPodAutoscaler for each revision.",
    [
      .optional("min", .int64("The least number of replicas. 1 by default.", minimum: 1, maximum: 10000, default: 1)),
      .required("max", .int64("The greatest number of replicas.", minimum: 1, maximum: 10000)),
      .optional("cpu", .int64("The CPU use to aim at, in percent of the request.", minimum: 1, maximum: 1000)),
      .optional("memory", .int64("The memory use to aim at, in percent of the request.", minimum: 1, maximum: 1000)),
      .optional(
        "metrics",
        .list(
          "Other metrics: Kubernetes MetricSpec objects (autoscaling/v2).",
          of: .anyObject("A Kubernetes MetricSpec (autoscaling/v2)."), maxItems: 16)),
      .optional("behavior", .anyObject("How fast to scale: a Kubernetes HorizontalPodAutoscalerBehavior.")),
    ],
    rules: [
      ValidationRule("!has(self.min) || self.min <= self.max", message: "min is above max: lower min or raise max"),
      ValidationRule(
        "has(self.cpu) || has(self.memory) || (has(self.metrics) && size(self.metrics) > 0)",
        message: "autoscaling needs a metric: set cpu, memory or metrics"),
    ])
}
