import CRDTypes

/// What to do about a concern: a command or a change, in one line.
enum Advice {
  /// Nil where there is nothing to do but to wait.
  static func text(for concern: Concern, about object: DynamicObject, of definition: ResourceDefinition) -> String? {
    let scope = object.namespace.map { " -n \($0)" } ?? ""
    let named = "\(definition.shortName)/\(object.name)"
    switch concern.reason {
    case "NotObserved":
      return "see whether the operator runs: kubectl get pods -A -l app.kubernetes.io/name=martlet"
    case "Terminating":
      return object.finalizers.isEmpty ? nil : "see what holds it: kubectl describe \(named)\(scope)"
    case "InvalidSpec", "InvalidDefinition", "AlgorithmNotAvailable":
      return "correct the spec where the message says, and apply it again"
    case "TrackingNotConfigured", "TrackingSecretIncomplete", "TrackingSecretNotFound", "TrackingHostNotAllowed",
      "TrackingAuthenticationFailed", "TrackingPermissionDenied":
      return "see the section Tracking of docs/operations.md"
    case "TooManyFailures", "FirstTrialsFailed":
      return "see why: kubectl logs\(scope) -l martlet.dev/sweep=\(object.name) --tail=50; then raise "
        + "spec.trials.rerunFailed to run the failed trials again"
    case "TrialsWaiting":
      return "see what they wait for: kubectl get pods\(scope) -l martlet.dev/sweep=\(object.name)"
    case "SweepHasNoBest":
      return "wait for the sweep's first result: kubectl martlet status sweep\(scope)"
    case "NotYetSupported":
      return "leave the named fields out, or see docs/kinds for what this version does"
    case "SpecSuspend", "Suspended":
      return "set spec.suspend to false to go on"
    case "ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull":
      return "check the image's name and tag, and the pull secret of its registry"
    case "CreateContainerConfigError":
      return "check that the Secrets and ConfigMaps that the container names exist in the namespace"
    case "OOMKilled", "OutOfMemory":
      return "raise the container's memory limit in the template"
    case "Unschedulable":
      return "no node has room: lower the requests, or see kubectl get nodes and the namespace's quota"
    case "CrashLoopBackOff":
      return "read the log: kubectl logs\(scope) -l app.kubernetes.io/instance=\(object.name) --tail=50"
    default:
      break
    }
    switch concern.level {
    case .waiting: return nil
    case .warning: return nil
    case .problem: return "details and events: kubectl describe \(named)\(scope)"
    }
  }
}
