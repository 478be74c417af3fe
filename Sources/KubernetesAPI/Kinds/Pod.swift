public import CRDTypes
public import JSON

/// The core group, `v1`.
public enum Core {
  public struct Pod: KubernetesResource, Hashable {
    public static var type: ResourceType { .pod }

    public var metadata: ObjectMeta
    public var spec: PodSpec?
    public var status: PodStatus?

    public init(metadata: ObjectMeta) { self.metadata = metadata }
  }

  public struct PodSpec: Sendable, Hashable, Codable {
    public var containers: [Container]?
    public var initContainers: [Container]?
    public var nodeName: String?
    public var nodeSelector: [String: String]?
    public var restartPolicy: String?
    public var serviceAccountName: String?
    public var priorityClassName: String?
    public var terminationGracePeriodSeconds: Int64?
    public var activeDeadlineSeconds: Int64?
    /// Left as it is: volumes have some thirty forms.
    public var volumes: [JSONValue]?
    public var tolerations: [JSONValue]?

    public init() {}
  }

  public struct Container: Sendable, Hashable, Codable {
    public var name: String
    public var image: String?
    public var command: [String]?
    public var args: [String]?
    public var env: [EnvironmentVariable]?
    public var envFrom: [JSONValue]?
    public var ports: [ContainerPort]?
    public var resources: ResourceRequirements?
    public var volumeMounts: [JSONValue]?
    public var workingDir: String?
    public var readinessProbe: JSONValue?
    public var livenessProbe: JSONValue?
    public var startupProbe: JSONValue?

    public init(name: String) { self.name = name }
  }

  public struct EnvironmentVariable: Sendable, Hashable, Codable {
    public var name: String
    public var value: String?
    public var valueFrom: JSONValue?

    public init(name: String, value: String? = nil) {
      self.name = name
      self.value = value
    }
  }

  public struct ContainerPort: Sendable, Hashable, Codable {
    public var name: String?
    public var containerPort: Int
    public var `protocol`: String?

    public init(name: String? = nil, containerPort: Int) {
      self.name = name
      self.containerPort = containerPort
    }
  }

  /// Quantities as they were written: strings such as `500m`, or numbers.
  public struct ResourceRequirements: Sendable, Hashable, Codable {
    public var requests: [String: JSONValue]?
    public var limits: [String: JSONValue]?

    public init(requests: [String: JSONValue]? = nil, limits: [String: JSONValue]? = nil) {
      self.requests = requests
      self.limits = limits
    }
  }

  public struct PodStatus: Sendable, Hashable, Codable {
    /// `Pending`, `Running`, `Succeeded`, `Failed` or `Unknown`.
    public var phase: String?
    public var reason: String?
    public var message: String?
    public var podIP: String?
    public var hostIP: String?
    public var startTime: String?
    public var conditions: [ObservedCondition]?
    public var containerStatuses: [ContainerStatus]?
    public var initContainerStatuses: [ContainerStatus]?

    public init() {}
  }

  public struct ContainerStatus: Sendable, Hashable, Codable {
    public var name: String
    public var ready: Bool?
    public var started: Bool?
    public var restartCount: Int?
    public var image: String?
    public var state: ContainerState?
    public var lastState: ContainerState?

    public init(name: String) { self.name = name }
  }

  /// At most one of the three is set.
  public struct ContainerState: Sendable, Hashable, Codable {
    public struct Waiting: Sendable, Hashable, Codable {
      public var reason: String?
      public var message: String?

      public init() {}
    }
    public struct Running: Sendable, Hashable, Codable {
      public var startedAt: String?

      public init() {}
    }
    public struct Terminated: Sendable, Hashable, Codable {
      public var exitCode: Int?
      public var signal: Int?
      public var reason: String?
      public var message: String?
      public var startedAt: String?
      public var finishedAt: String?

      public init() {}
    }

    public var waiting: Waiting?
    public var running: Running?
    public var terminated: Terminated?

    public init() {}
  }
}

/// A condition as built-in kinds write it: unlike KEP-1623's, most of its fields may be missing.
public struct ObservedCondition: Sendable, Hashable, Codable {
  public var type: String
  /// `True`, `False` or `Unknown`.
  public var status: String
  public var reason: String?
  public var message: String?
  public var lastTransitionTime: String?

  public init(type: String, status: String, reason: String? = nil, message: String? = nil) {
    self.type = type
    self.status = status
    self.reason = reason
    self.message = message
  }

  public var isTrue: Bool { status == "True" }
}

extension [ObservedCondition] {
  /// Whether a condition is there and true.
  public func isTrue(_ type: String) -> Bool { contains { $0.type == type && $0.isTrue } }
}
