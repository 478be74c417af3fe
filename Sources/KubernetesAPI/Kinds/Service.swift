public import CRDTypes
public import JSON

extension Core {
  public struct Service: KubernetesResource, Hashable {
    public static var type: ResourceType { .service }

    public var metadata: ObjectMeta
    public var spec: ServiceSpec?

    public init(metadata: ObjectMeta) { self.metadata = metadata }
  }

  public struct ServiceSpec: Sendable, Hashable, Codable {
    /// `ClusterIP`, `NodePort`, `LoadBalancer` or `ExternalName`.
    public var type: String?
    /// `None` for a headless service.
    public var clusterIP: String?
    public var selector: [String: String]?
    public var ports: [ServicePort]?
    public var externalName: String?

    public init() {}
  }

  public struct ServicePort: Sendable, Hashable, Codable {
    public var name: String?
    public var port: Int
    /// A number, or the name of a container's port.
    public var targetPort: JSONValue?
    public var nodePort: Int?
    public var `protocol`: String?
    public var appProtocol: String?

    public init(name: String? = nil, port: Int, targetPort: JSONValue? = nil) {
      self.name = name
      self.port = port
      self.targetPort = targetPort
    }
  }
}
