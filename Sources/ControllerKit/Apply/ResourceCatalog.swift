public import CRDTypes

/// Finds the REST endpoint of an object by its `apiVersion` and `kind`.
public struct ResourceCatalog: Sendable {
  private var types: [String: ResourceType] = [:]

  /// - Parameter types: kinds besides the built-in ones that this project makes or reads.
  public init(_ types: [ResourceType] = []) {
    for type in Self.builtIn + types { self.types[Self.name(type.apiVersion, type.kind)] = type }
  }

  /// Nil for a kind that was not given.
  public func type(of object: DynamicObject) -> ResourceType? { types[Self.name(object.apiVersion, object.kind)] }

  private static func name(_ apiVersion: String, _ kind: String) -> String { "\(apiVersion) \(kind)" }

  private static let builtIn: [ResourceType] = [
    .configMap, .secret, .service, .pod, .serviceAccount, .namespace, .node, .event, .endpointSlice, .deployment,
    .replicaSet, .job, .ingress, .lease, .podDisruptionBudget, .horizontalPodAutoscaler, .customResourceDefinition,
    .httpRoute,
  ]
}
