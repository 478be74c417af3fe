import CRDTypes
import JSON

/// A revision that has objects, with what status tells of it.
struct ServedRevision: Sendable {
  let objects: ServingObservation.Revision
  /// As status has it; made from the Deployment's annotations where status has nothing.
  var record: ModelDeployment.Revision

  var name: String { objects.deployment.name }
  var state: DeploymentState { DeploymentState(objects.deployment) }
  var isPromoted: Bool { record.promotedTime != nil }
  var replicas: Int64 { objects.deployment.spec["replicas"]?.integer ?? 1 }
  /// Where its Service takes requests.
  var address: String? {
    guard let ip = objects.service?.spec["clusterIP"]?.string, !ip.isEmpty, ip != "None" else { return nil }
    return ip.contains(":") ? "[\(ip)]:80" : "\(ip):80"
  }

  /// When it came to be, for an order that never changes.
  var order: (String, String) { (record.time ?? "", name) }

  /// Annotations of a revision's Deployment, from which status can be made again.
  static let modelAnnotation = "martlet.dev/model"
  static let promotedAnnotation = "martlet.dev/promoted"
  static let label = "martlet.dev/revision"
}

/// All revisions of a deployment, by name.
struct RevisionLedger: Sendable {
  private(set) var revisions: [String: ServedRevision] = [:]

  init(_ observed: [ServingObservation.Revision], _ status: ModelDeployment.Status) {
    var told: [String: ModelDeployment.Revision] = [:]
    let known = [status.stable, status.candidate, status.failedRevision].compactMap { $0 } + (status.history ?? [])
    for record in known where told[record.name] == nil { told[record.name] = record }
    for revision in observed where !revision.deployment.isDeleting {
      let deployment = revision.deployment
      let annotations = deployment.annotations
      var record =
        told[deployment.name]
        ?? ModelDeployment.Revision(
          name: deployment.name, time: deployment.creationTimestamp,
          promotedTime: annotations[ServedRevision.promotedAnnotation])
      if record.model == nil, let text = annotations[ServedRevision.modelAnnotation],
        let value = try? JSONValue(parsing: text)
      {
        record.model = try? value.decoded(as: ModelDeployment.ServedModel.self)
      }
      if record.model?.digest == nil, let digest = revision.digests.first { record.model?.digest = digest }
      revisions[deployment.name] = ServedRevision(objects: revision, record: record)
    }
  }

  subscript(name: String) -> ServedRevision? { revisions[name] }

  /// From the oldest on.
  var inOrder: [ServedRevision] { revisions.values.sorted { $0.order < $1.order } }

  /// The one that was promoted last, by what the Deployments themselves tell.
  var lastPromoted: ServedRevision? {
    revisions.values.filter(\.isPromoted).max {
      ($0.record.promotedTime ?? "", $0.name) < ($1.record.promotedTime ?? "", $1.name)
    }
  }
}
