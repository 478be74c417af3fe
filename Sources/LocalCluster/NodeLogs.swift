import CRDTypes
import FoundationEssentials
import LocalAPIServer
import LocalNode

/// Gives the API server the logs of the pods of the node in the same process.
actor NodeLogs: PodLogProvider {
  private var agent: NodeAgent?

  func use(_ agent: NodeAgent) { self.agent = agent }

  func logs(_ request: PodLogRequest) async throws -> AsyncStream<[UInt8]>? {
    guard let agent else { return nil }
    var options = LogReader.Options()
    options.follow = request.follow
    options.tailLines = request.tailLines
    options.timestamps = request.timestamps
    options.limitBytes = request.limitBytes
    options.since = request.sinceTime
      ?? request.sinceSeconds.map { Timestamp.microText(Date().addingTimeInterval(-TimeInterval($0))) }
    return await agent.log(
      of: ObjectKey(namespace: request.namespace, name: request.pod), container: request.container,
      previous: request.previous, options: options)
  }
}
