import ControllerKit
import CRDTypes
import JSON
import KubernetesAPI
import Planning

/// Keeps an EndpointSlice for every Service with a selector.
struct EndpointController: Sendable {
  let client: KubernetesClient
  let caches: ControllerCaches

  func controller(_ environment: ControllerEnvironment) -> Controller {
    Controller(
      "endpointslice", primary: .service,
      sources: [
        .primary(caches.services, when: { _ in true }), .owned(caches.endpointSlices, by: .service),
        .mapped(caches.pods) { change in services(for: change) },
      ], workers: 2, environment: environment
    ) { key, _ in try await reconcile(key) }
  }

  private func services(for change: Informer.Change) -> [ObjectKey] {
    let pods = [change.old, change.new].compactMap { $0 }
    return caches.services.objects(namespace: change.key.namespace).filter { service in
      guard let selector = service.spec["selector"]?.stringMap, !selector.isEmpty else { return false }
      return pods.contains { pod in
        let labels = pod.labels
        return selector.allSatisfy { labels[$0.key] == $0.value }
      }
    }.map(\.key)
  }

  private func reconcile(_ key: ObjectKey) async throws -> Next {
    guard let service = caches.services.object(key), !service.isDeleting,
      let slice = EndpointPlanner.slice(for: service, pods: caches.pods.objects(namespace: key.namespace))
    else { return .whenChanged }
    let existing = caches.endpointSlices.object(slice.key)
    if let existing, existing.json["endpoints"] ?? .array([]) == slice.json["endpoints"],
      existing.json["ports"] == slice.json["ports"]
    {
      return .whenChanged
    }
    try await client.apply(slice, as: .endpointSlice, fieldManager: "endpoint-slice-controller")
    return .whenChanged
  }
}
