import JSON

/// What a request is answered with.
enum APIReply: Sendable {
  /// A JSON document.
  case json(code: Int, JSONValue, warnings: [String] = [], contentType: String = "application/json")
  case text(code: Int, String)
  /// Something else than JSON.
  case bytes([UInt8], contentType: String)
  /// Lines of events until the client or the timeout ends it.
  case watch(WatchRequest)
  /// The output of a container.
  case logs(PodLogRequest)
}
