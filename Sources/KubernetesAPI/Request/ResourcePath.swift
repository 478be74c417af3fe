public import CRDTypes
import Transport

extension ResourceType {
  /// The path of the collection: in one namespace, or in all of them where `namespace` is nil.
  public func collectionPath(namespace: String?) -> String {
    guard namespaced, let namespace else { return "\(basePath)/\(plural)" }
    return "\(basePath)/namespaces/\(PercentEncoding.encode(namespace))/\(plural)"
  }

  /// The path of one object, or of its subresource such as `status` or `scale`.
  public func path(_ key: ObjectKey, subresource: String? = nil) -> String {
    let object = collectionPath(namespace: key.namespace) + "/" + PercentEncoding.encode(key.name)
    return subresource.map { "\(object)/\($0)" } ?? object
  }
}

extension KubernetesClient {
  /// The key with the configuration's namespace where a namespaced kind's key has none.
  func settled(_ key: ObjectKey, _ type: ResourceType) -> ObjectKey {
    guard type.namespaced, key.namespace == nil else { return key }
    return ObjectKey(namespace: configuration.defaultNamespace, name: key.name)
  }

  func path(_ type: ResourceType, _ key: ObjectKey, subresource: String? = nil) -> String {
    type.path(settled(key, type), subresource: subresource)
  }
}
