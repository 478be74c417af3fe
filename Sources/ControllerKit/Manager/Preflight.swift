public import CRDTypes
import KubernetesAPI

/// What keeps an operator from starting, in a sentence that says what to do.
public struct StartError: Error, Sendable, Hashable, CustomStringConvertible {
  public enum Problem: Sendable, Hashable {
    case notInstalled
    case forbidden(namespace: String?)
    /// The last thing that went wrong, if anything did.
    case noFirstList(after: Duration, lastTrouble: String?)
    case unreachable(after: Duration, lastTrouble: String)
  }

  public let type: ResourceType
  public let problem: Problem

  public init(type: ResourceType, problem: Problem) {
    self.type = type
    self.problem = problem
  }

  public var description: String {
    let kind = "\(type.kind) (\(type.qualifiedName), \(type.version))"
    switch problem {
    case .notInstalled:
      return "the cluster does not have the kind \(kind); "
        + "install the custom resource definitions first: kubectl apply --server-side -f crds/"
    case .forbidden(let namespace):
      let place = namespace.map { "namespace \($0)" } ?? "all namespaces"
      let group = type.group.isEmpty ? "the core API group" : "API group \(type.group)"
      return "not allowed to list \(type.plural) of \(group) in \(place); "
        + "grant the verbs get, list and watch on them to the operator's service account"
    case .noFirstList(let time, let trouble):
      return "the first list of \(type.qualifiedName) has not arrived within \(time.components.seconds) s"
        + (trouble.map { "; the last trouble was: \($0)" } ?? "")
    case .unreachable(let time, let trouble):
      return "the API server could not be asked for \(type.qualifiedName) within \(time.components.seconds) s; "
        + "the last trouble was: \(trouble)"
    }
  }
}

/// Asks for every collection once before anything is watched, so that what is missing is said at once and plainly.
struct Preflight: Sendable {
  let probe: any CollectionProbe
  let time: any TimeSource
  /// How long an API server that does not answer is waited for.
  let patience: Duration

  func check(_ informers: [Informer]) async throws {
    let start = time.now
    for informer in informers {
      for request in informer.requests { try await check(request.type, request.namespace, since: start) }
    }
  }

  private func check(_ type: ResourceType, _ namespace: String?, since start: Duration) async throws {
    while true {
      try Task.checkCancellation()
      do {
        return try await probe.probe(type, namespace: namespace)
      } catch let error as APIError where error.isNotFound {
        throw StartError(type: type, problem: .notInstalled)
      } catch let error as APIError where error.isForbidden {
        throw StartError(type: type, problem: .forbidden(namespace: namespace))
      } catch {
        guard time.now - start < patience, !(error is CancellationError) else {
          if error is CancellationError { throw error }
          throw StartError(
            type: type, problem: .unreachable(after: patience, lastTrouble: String(describing: error)))
        }
        try await time.sleep(for: .seconds(1))
      }
    }
  }
}
