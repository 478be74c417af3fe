import ControllerKit
import CRDTypes
import FoundationEssentials
import JSON
import KubernetesAPI
import Planning

/// Runs Jobs: makes their pods, counts how they end, and says when a Job is done.
struct JobController: Sendable {
  let client: KubernetesClient
  let caches: ControllerCaches
  let expectations = Expectations()
  static let manager = "kube-controller-manager"

  func controller(_ environment: ControllerEnvironment) -> Controller {
    Controller(
      "job", primary: .job,
      sources: [.primary(caches.jobs, when: { _ in true }), .owned(caches.pods, by: .job)], workers: 8,
      environment: environment
    ) { key, _ in try await reconcile(key) }
  }

  private func reconcile(_ key: ObjectKey) async throws -> Next {
    guard let job = caches.jobs.object(key) else {
      expectations.forget(key)
      try await releaseOrphans(of: key)
      return .whenChanged
    }
    if let manager = job.spec["managedBy"]?.string, manager != "kubernetes.io/job-controller" { return .whenChanged }
    let pods = caches.controlled(caches.pods, by: job)
    if job.isDeleting {
      for pod in pods { try await release(pod) }
      return .whenChanged
    }
    // Before its first status a Job may follow one of the same name whose pods nobody else will let go.
    if job.status["startTime"] == nil { try await releaseOrphans(of: key, but: job.uid) }
    guard expectations.areMet(for: key, seen: pods) else { return .after(.milliseconds(20)) }
    let plan = JobPlanner(job: job, pods: pods, now: Date()).plan()
    if plan.deleteJob {
      try await delete(.job, job)
      return .whenChanged
    }
    for pod in plan.delete {
      try await delete(.pod, pod)
      expectations.deleted(pod.uid, for: key)
    }
    for pod in plan.discard {
      try await release(pod)
      try await delete(.pod, pod)
      expectations.deleted(pod.uid, for: key)
    }
    for pod in plan.create {
      let created = try await client.create(pod, as: .pod, fieldManager: Self.manager)
      expectations.created(created.uid, for: key)
    }
    if plan.status != job.status { try await write(plan.status, to: job) }
    for pod in plan.release { try await release(pod) }
    return plan.wake.map { .after(.milliseconds(Int64($0 * 1000))) } ?? .whenChanged
  }

  private func write(_ status: JSONValue, to job: DynamicObject) async throws {
    var next = job
    next.status = status
    try await client.replace(next, as: .job, subresource: "status", fieldManager: Self.manager)
  }

  private func delete(_ type: ResourceType, _ object: DynamicObject) async throws {
    do {
      try await client.delete(type, object.key, options: DeleteOptions(propagation: .background, uid: object.uid))
    } catch let error as APIError where error.isNotFound || error.isConflict {
      // Gone, or another object by that name.
    }
  }

  /// Takes the tracking finalizer off a pod.
  private func release(_ pod: DynamicObject) async throws {
    guard pod.finalizers.contains(JobPlan.finalizer) else { return }
    let rest = pod.finalizers.filter { $0 != JobPlan.finalizer }
    let patch: JSONValue = [
      "metadata": ["uid": .string(pod.uid), "finalizers": rest.isEmpty ? .null : JSONValue(rest)]
    ]
    do {
      try await client.patch(.pod, pod.key, .merge(patch), fieldManager: Self.manager)
    } catch let error as APIError where error.isNotFound || error.isConflict || error.isInvalid {
      // Gone, or another pod by that name.
    }
  }

  /// Pods whose Job is gone can be counted nowhere; nothing may hold them.
  private func releaseOrphans(of key: ObjectKey, but uid: String? = nil) async throws {
    for pod in caches.pods.objects(namespace: key.namespace) {
      let owner = pod.controllerReference
      if owner?.kind == "Job", owner?.name == key.name, owner?.uid != uid { try await release(pod) }
    }
  }
}
