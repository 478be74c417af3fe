public import CRDTypes
public import KubernetesAPI
import Transport
import Transport

extension KubernetesClient: ObjectClient {}

extension KubernetesClient: WatchSource {
  public func watch(
    _ request: WatchRequest, trouble: @escaping @Sendable (String) -> Void,
    receive: (WatchEvent) async -> Void
  ) async throws {
    for await event in watch(request, onTrouble: { trouble($0.description) }) { await receive(event) }
  }
}

extension KubernetesClient: CollectionProbe {
  public func probe(_ type: ResourceType, namespace: String?) async throws {
    let path = type.collectionPath(namespace: namespace)
    let response = try await raw("GET", path, query: ["limit": "1"])
    guard response.status < 300 else {
      throw APIError(
        httpStatus: response.status, reason: Self.probeReason(response.status),
        message: "the server answered \(response.status)", method: "GET", path: path)
    }
  }

  private static func probeReason(_ status: Int) -> String {
    switch status {
    case 401: "Unauthorized"
    case 403: "Forbidden"
    case 404: "NotFound"
    default: "Unknown"
    }
  }
}
