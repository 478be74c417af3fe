public import CRDTypes
public import JSON

/// The group `networking.k8s.io`, `v1`.
public enum Networking {
  public struct Ingress: KubernetesResource, Hashable {
    public static var type: ResourceType { .ingress }

    public struct Spec: Sendable, Hashable, Codable {
      public var ingressClassName: String?
      public var rules: [Rule]?
      public var tls: [TLS]?
      public var defaultBackend: Backend?

      public init() {}
    }

    public struct Rule: Sendable, Hashable, Codable {
      public var host: String?
      public var http: Paths?

      public init() {}
    }

    public struct Paths: Sendable, Hashable, Codable {
      public var paths: [Path]?

      public init() {}
    }

    public struct Path: Sendable, Hashable, Codable {
      public var path: String?
      /// `Exact`, `Prefix` or `ImplementationSpecific`.
      public var pathType: String?
      public var backend: Backend?

      public init() {}
    }

    public struct Backend: Sendable, Hashable, Codable {
      public struct Service: Sendable, Hashable, Codable {
        public struct Port: Sendable, Hashable, Codable {
          public var number: Int?
          public var name: String?

          public init(number: Int? = nil, name: String? = nil) {
            self.number = number
            self.name = name
          }
        }
        public var name: String
        public var port: Port?

        public init(name: String, port: Port? = nil) {
          self.name = name
          self.port = port
        }
      }

      public var service: Service?
      public var resource: JSONValue?

      public init() {}
    }

    public struct TLS: Sendable, Hashable, Codable {
      public var hosts: [String]?
      public var secretName: String?

      public init() {}
    }

    public struct Status: Sendable, Hashable, Codable {
      public struct Balancer: Sendable, Hashable, Codable {
        public struct Address: Sendable, Hashable, Codable {
          public var ip: String?
          public var hostname: String?
        }
        public var ingress: [Address]?
      }
      public var loadBalancer: Balancer?
    }

    public var metadata: ObjectMeta
    public var spec: Spec?
    public var status: Status?

    public init(metadata: ObjectMeta) { self.metadata = metadata }
  }
}
