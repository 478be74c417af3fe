import CRDTypes
import JSON

/// The pods of a Job.
enum JobPods {
  /// A pod for the Job: for a completion index of an Indexed Job, or for any completion.
  static func make(_ job: DynamicObject, index: Int?) -> DynamicObject {
    let template = job.spec["template"] ?? .null
    // The name has to leave room for the suffix that the server adds.
    let stem = index.map { "\(job.name)-\($0)-" } ?? "\(job.name)-"
    var pod = PodManifest.make(template: template, owner: job, generateName: String(stem.prefix(58)))
    pod.finalizers = pod.finalizers + [JobPlan.finalizer]
    guard let index else { return pod }
    pod.annotations[JobPlan.indexAnnotation] = String(index)
    pod.labels[JobPlan.indexAnnotation] = String(index)
    if pod.spec["hostname"] == nil { pod.json[path: "spec", "hostname"] = .string("\(job.name)-\(index)") }
    for part in ["containers", "initContainers"] {
      guard let containers = pod.spec[part]?.array else { continue }
      pod.json[path: "spec", part] = .array(containers.map { withIndex($0) })
    }
    return pod
  }

  /// `JOB_COMPLETION_INDEX` by the downward API, unless the container has a variable of that name.
  private static func withIndex(_ container: JSONValue) -> JSONValue {
    let name = "JOB_COMPLETION_INDEX"
    var environment = container["env"]?.array ?? []
    if environment.contains(where: { $0["name"]?.string == name }) { return container }
    environment.append([
      "name": .string(name),
      "valueFrom": ["fieldRef": ["fieldPath": .string("metadata.annotations['\(JobPlan.indexAnnotation)']")]],
    ])
    var out = container
    out["env"] = .array(environment)
    return out
  }
}
