/// The types of the built-in kinds.
enum BuiltinTypes {
  static let library = TypeLibrary([
    TypeTable("io.k8s.apimachinery.pkg.apis.meta.v1", metaTypes),
    TypeTable("io.k8s.api.core.v1", podTypes + containerTypes + volumeTypes + schedulingTypes + podStatusTypes),
    TypeTable("io.k8s.api.core.v1", coreTypes + nodeTypes),
    TypeTable("io.k8s.api.apps.v1", appsTypes),
    TypeTable("io.k8s.api.batch.v1", batchTypes),
    TypeTable("io.k8s.api.networking.v1", networkingTypes),
    TypeTable("io.k8s.api.rbac.v1", rbacTypes),
    TypeTable("io.k8s.api.autoscaling.v2", autoscalingTypes),
    TypeTable("io.k8s.api.various.v1", variousTypes),
    TypeTable("io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1", extensionTypes),
    TypeTable("io.k8s.api.authorization.v1", reviewTypes),
  ])

  static let objectMeta = schema("ObjectMeta")

  static func schema(_ name: String) -> Schema { library.schemas[name] ?? .anything }
}
