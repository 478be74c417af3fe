/// A ready pod of a router, as it was asked.
public struct RouterPod: Sendable, Hashable {
  public var pod: String
  public var address: String
  /// The digest of the configuration that it was started with.
  public var configuration: String?
  /// The version of the slots that it uses; nil where it did not answer.
  public var version: String?
  /// What it has sent to each variant since it started.
  public var traffic: [String: TrafficCounts]

  public init(
    pod: String, address: String, configuration: String? = nil, version: String?, traffic: [String: TrafficCounts] = [:]
  ) {
    self.pod = pod
    self.address = address
    self.configuration = configuration
    self.version = version
    self.traffic = traffic
  }
}

/// What a router has counted of one variant.
public struct TrafficCounts: Sendable, Hashable {
  /// Requests that were sent to it, whoever answered them in the end.
  public var requests: Int64
  /// Those that its own server answered, by the class of the status.
  public var answers: Int64
  public var clientErrors: Int64
  public var serverErrors: Int64
  /// The sum of the times that those took, in milliseconds; only where the router counts them.
  public var milliseconds: Int64

  public init(
    requests: Int64 = 0, answers: Int64 = 0, clientErrors: Int64 = 0, serverErrors: Int64 = 0,
    milliseconds: Int64 = 0
  ) {
    self.requests = requests
    self.answers = answers
    self.clientErrors = clientErrors
    self.serverErrors = serverErrors
    self.milliseconds = milliseconds
  }

  /// The mean time to an answer; nil without one.
  public var meanMilliseconds: Double? { answers > 0 ? Double(milliseconds) / Double(answers) : nil }

  /// The sum of two routers' counts.
  public static func + (left: TrafficCounts, right: TrafficCounts) -> TrafficCounts {
    TrafficCounts(
      requests: left.requests + right.requests, answers: left.answers + right.answers,
      clientErrors: left.clientErrors + right.clientErrors, serverErrors: left.serverErrors + right.serverErrors,
      milliseconds: left.milliseconds + right.milliseconds)
  }

  /// What was counted after `earlier`; all of it where a counter fell, since the router was then started anew.
  public func since(_ earlier: TrafficCounts) -> TrafficCounts {
    guard requests >= earlier.requests, answers >= earlier.answers else { return self }
    return TrafficCounts(
      requests: requests - earlier.requests, answers: answers - earlier.answers,
      clientErrors: clientErrors - earlier.clientErrors, serverErrors: serverErrors - earlier.serverErrors,
      milliseconds: max(0, milliseconds - earlier.milliseconds))
  }
}

/// A change of the traffic split in a running router.
public struct SlotChange: Sendable, Hashable {
  public var pod: String
  public var address: String
  /// All of them are sent: a router may have started from an older file.
  public var slots: SlotTable

  public init(pod: String, address: String, slots: SlotTable) {
    self.pod = pod
    self.address = address
    self.slots = slots
  }
}

/// The ports of a router's pods that the operator talks to.
public enum RouterPorts {
  /// Where HAProxy's own metrics are served.
  public static let metrics = RouterConfiguration.metricsPort
  /// Where the split is read and changed.
  public static let control = RouterConfiguration.controlPort
  /// Where the metrics port tells the times of a variant, whose name follows.
  public static let timePath = RouterConfiguration.timePath
  /// The annotation of pods with the digest of their configuration.
  public static let configurationAnnotation = RouterManifests.configurationAnnotation
  /// The starts of the names of HAProxy's backends, for requests and for copies of them; a variant's name follows.
  public static let backendPrefixes = ["variant_", "mirror_"]
  /// The server of a backend that is the variant's own.
  public static let ownServer = RouterConfiguration.ownServer
}
