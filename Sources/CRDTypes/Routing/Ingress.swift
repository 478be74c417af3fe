extension Routing {
  /// How a request's path is compared with the route's.
  public enum PathType: String, Sendable, Hashable, Codable, CaseIterable {
    /// By path elements.
    case prefix = "Prefix"
    /// As a whole.
    case exact = "Exact"
    /// As the ingress class has it.
    case implementationSpecific = "ImplementationSpecific"
  }

  /// Which kind of object brings requests in.
  public enum Provider: String, Sendable, Hashable, Codable, CaseIterable {
    /// networking.k8s.io Ingress.
    case ingress = "Ingress"
    /// Gateway API HTTPRoute.
    case gateway = "Gateway"
  }

  /// How requests reach the model from outside the cluster.
  public struct Ingress: Sendable, Hashable, Codable {
    /// The IngressClass; the cluster's default by default.
    public var `class`: String?
    /// The host name of requests; all hosts by default.
    public var host: String?
    /// The path of requests. / by default.
    public var path: String?
    /// How paths are compared: Prefix (the default), Exact or ImplementationSpecific.
    public var pathType: PathType?
    /// The Secret with the certificate for the host. Needs host.
    public var tlsSecret: String?
    /// Annotations of the route object, for its controller.
    public var annotations: [String: String]?
    /// With route Gateway, the Gateway to attach to.
    public var gateway: GatewayReference?
    /// The largest request body that is let through, such as 10Mi; the controller's own limit by default.
    public var maxBodySize: String?
    /// How long a request may take. A duration; the controller's own limit by default.
    public var timeout: String?
    /// Lets only requests with a key through.
    public var apiKey: APIKey?

    public init(
      `class`: String? = nil, host: String? = nil, path: String? = nil, pathType: PathType? = nil,
      tlsSecret: String? = nil, annotations: [String: String]? = nil, gateway: GatewayReference? = nil,
      maxBodySize: String? = nil, timeout: String? = nil, apiKey: APIKey? = nil
    ) {
      self.class = `class`
      self.host = host
      self.path = path
      self.pathType = pathType
      self.tlsSecret = tlsSecret
      self.annotations = annotations
      self.gateway = gateway
      self.maxBodySize = maxBodySize
      self.timeout = timeout
      self.apiKey = apiKey
    }
  }

  /// A Gateway (gateway.networking.k8s.io).
  public struct GatewayReference: Sendable, Hashable, Codable {
    /// The name of the Gateway.
    public var name: String
    /// Its namespace; the object's own by default. The Gateway decides which namespaces may attach.
    public var namespace: String?
    /// The listener; all by default.
    public var sectionName: String?

    public init(name: String, namespace: String? = nil, sectionName: String? = nil) {
      self.name = name
      self.namespace = namespace
      self.sectionName = sectionName
    }
  }

  /// A key that requests must carry; checked at the operator's router.
  public struct APIKey: Sendable, Hashable, Codable {
    /// The name of a Secret in the same namespace; each of its values is a key that is let in.
    public var secret: String
    /// The header that carries the key. X-Api-Key by default.
    public var header: String?

    public init(secret: String, header: String? = nil) {
      self.secret = secret
      self.header = header
    }
  }
}

extension Routing.Ingress {
  static let schema = Schema.object(
    "How requests reach the model from outside the cluster.",
    [
      .optional("class", .objectName("The IngressClass; the cluster's default by default.")),
      .optional(
        "host",
        .string(
          "The host name of requests; all hosts by default.",
          minLength: 1, maxLength: 253,
          pattern: #"^(\*\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$"#)),
      .optional(
        "path",
        .string(
          "The path of requests. / by default.",
          minLength: 1, maxLength: 256, pattern: "^/[^ ]*$", default: "/")),
      .optional(
        "pathType",
        .choice(
          "How paths are compared: Prefix (the default), Exact or ImplementationSpecific.",
          of: Routing.PathType.self, default: .prefix)),
      .optional("tlsSecret", .objectName("The Secret with the certificate for the host. Needs host.")),
      .optional(
        "annotations",
        .map(
          "Annotations of the route object, for its controller.",
          of: .string("The annotation's value.", maxLength: 4096), maxProperties: 64)),
      .optional("gateway", Routing.GatewayReference.schema.described("With route Gateway, the Gateway to attach to.")),
      .optional(
        "maxBodySize",
        .string(
          "The largest request body that is let through, such as 10Mi; the controller's own limit by default.",
          minLength: 1, maxLength: 32, pattern: "^[0-9]{1,12}(Ki|Mi|Gi|k|M|G)?$")),
      .optional(
        "timeout",
        .duration(
          "How long a request may take. A duration; the controller's own limit by default.")),
      .optional("apiKey", Routing.APIKey.schema.described("Lets only requests with a key through.")),
    ],
    rules: [
      ValidationRule(
        "!has(self.tlsSecret) || has(self.host)",
        message: "tlsSecret needs the host that its certificate is for: set host", field: "tlsSecret")
    ])
}

extension Routing.GatewayReference {
  static let schema = Schema.object(
    "A Gateway (gateway.networking.k8s.io).",
    [
      .required("name", .objectName("The name of the Gateway.")),
      .optional(
        "namespace",
        .objectName(
          "Its namespace; the object's own by default. The Gateway decides which namespaces may attach.")),
      .optional("sectionName", .string("The listener; all by default.", minLength: 1, maxLength: 253)),
    ])
}

extension Routing.APIKey {
  static let schema = Schema.object(
    "A key that requests must carry; checked at the operator's router.",
    [
      .required(
        "secret",
        .objectName(
          "The name of a Secret in the same namespace; each of its values is a key that is let in.")),
      .optional(
        "header",
        .string(
          "The header that carries the key. X-Api-Key by default.",
          minLength: 1, maxLength: 128, pattern: "^[A-Za-z0-9-]+$", default: "X-Api-Key")),
    ])
}
