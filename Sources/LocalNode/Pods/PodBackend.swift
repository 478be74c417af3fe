import CRDTypes
import JSON

/// What a pod's worker needs of the cluster.
protocol PodBackend: Sendable {
  /// The ConfigMaps and Secrets that are named and exist. Throws where the API server cannot be asked.
  func sources(_ references: PodReferences, namespace: String) async throws -> PodSources
  /// `NAME_SERVICE_HOST` and `NAME_SERVICE_PORT` of the namespace's services.
  func serviceVariables(namespace: String) async -> [String: String]
  /// Writes a pod's status, unless the pod is gone or is another one by that name.
  func report(_ status: JSONValue, of pod: DynamicObject) async
  /// Tells people of something that happened to a pod.
  func event(_ pod: DynamicObject, warning: Bool, reason: String, message: String) async
}

/// What a node is, for the pods on it.
struct NodeFacts: Sendable {
  var name: String
  var hostIP: String
  /// Where the node keeps its pods' files.
  var folder: String
  /// The program whose `container-init` verb starts containers.
  var initProgram: String
  var images: ImageMap
  /// Variables every container starts with, such as HOME and LANG.
  var environment: [String: String]
  var allocatable: [String: String]
  /// The resource that is counted in devices, and the variable that names those of a pod.
  var deviceResource: String
}
