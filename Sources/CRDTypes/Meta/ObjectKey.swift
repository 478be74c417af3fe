/// Names one object of a kind: its namespace (nil for cluster-scoped kinds) and its name.
public struct ObjectKey: Sendable, Hashable, Comparable, CustomStringConvertible {
  public let namespace: String?
  public let name: String

  public init(namespace: String?, name: String) {
    self.namespace = namespace
    self.name = name
  }

  public var description: String { namespace.map { "\($0)/\(name)" } ?? name }

  public static func < (left: ObjectKey, right: ObjectKey) -> Bool {
    (left.namespace ?? "", left.name) < (right.namespace ?? "", right.name)
  }
}

/// Names one object in a cluster: its kind and its key.
public struct ObjectReference: Sendable, Hashable, CustomStringConvertible {
  public let type: ResourceType
  public let key: ObjectKey

  public init(_ type: ResourceType, _ key: ObjectKey) {
    self.type = type
    self.key = key
  }

  public var description: String { "\(type.kind) \(key)" }
}
