import FoundationEssentials
import HTTPTypes
import Hummingbird
import JSON
import NIOCore

/// Answers HTTP requests from the cluster.
struct APIResponder: HTTPResponder {
  let host: ClusterHost
  let logs: [any PodLogProvider]
  let clock: @Sendable () -> Date

  func respond(to request: Request, context: BasicRequestContext) async throws -> Response {
    // Probes need no identity, as upstream's `system:public-info-viewer` allows.
    if request.method == .get, ["/healthz", "/livez", "/readyz"].contains(request.uri.path) {
      return Self.text(200, "ok")
    }
    do {
      let read = try await RequestReader(host: host).read(request)
      switch await host.answer(read) {
      case .reply(.logs(let wanted)): return try await logResponse(wanted, request)
      case .reply(let reply): return Self.response(reply)
      case .watch(let subscription): return watchResponse(subscription, request)
      }
    } catch let error as StatusError {
      return Self.response(.json(code: error.code, error.status))
    }
  }

  private static func response(_ reply: APIReply) -> Response {
    switch reply {
    case .text(let code, let text): return Self.text(code, text)
    case .bytes(let bytes, let contentType):
      return Response(
        status: .ok, headers: [.contentType: contentType], body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    case .json(let code, let json, let warnings, let contentType):
      var headers: HTTPFields = [.contentType: contentType, .cacheControl: "no-cache, private"]
      if let name = HTTPField.Name("warning") {
        for warning in warnings { headers.append(HTTPField(name: name, value: Self.warning(warning))) }
      }
      let body = ByteBuffer(bytes: json.bytes() + [UInt8(ascii: "\n")])
      return Response(status: .init(code: code), headers: headers, body: ResponseBody(byteBuffer: body))
    // Handled where the connection is known.
    case .watch, .logs: return Response(status: .internalServerError)
    }
  }

  /// A warning header (RFC 7234, 5.5): code 299, no agent, quoted text.
  private static func warning(_ text: String) -> String {
    var quoted = ""
    for character in text {
      if character == "\"" || character == "\\" { quoted.append("\\") }
      quoted.append(character == "\n" ? " " : character)
    }
    return "299 - \"\(quoted)\""
  }

  private static func text(_ code: Int, _ text: String) -> Response {
    Response(
      status: .init(code: code), headers: [.contentType: "text/plain; charset=utf-8"],
      body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
  }

  // MARK: Streams

  /// Lines of events until the client leaves, the time is up, or the server stops.
  private func watchResponse(_ subscription: ClusterHost.Subscription, _ request: Request) -> Response {
    let body = ResponseBody { writer in
      let watch = subscription.request
      do {
        try await request.body.consumeWithInboundCloseHandler { _ in
          try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
              try? await Task.sleep(for: watch.timeout)
              subscription.end()
            }
            if watch.sendsBookmarks { group.addTask { try await bookmark(subscription.id) } }
            defer { group.cancelAll() }
            // An empty piece first, so that the client sees the headers before anything happens.
            var first: [UInt8] = []
            for line in watch.initial { first += line.bytes(watch, now: clock()) }
            try await writer.write(ByteBuffer(bytes: first))
            for await signal in subscription.signals {
              guard let line = Self.line(signal, watch) else { continue }
              try await writer.write(ByteBuffer(bytes: line.bytes(watch, now: clock())))
            }
          }
        } onInboundClosed: {
          subscription.end()
        }
      } catch {
        await host.unsubscribe(subscription.id)
        throw error
      }
      await host.unsubscribe(subscription.id)
      try await writer.finish(nil)
    }
    return Response(
      status: .ok, headers: [.contentType: "application/json", .cacheControl: "no-cache, private"], body: body)
  }

  private static func line(_ signal: ClusterHost.Signal, _ watch: WatchRequest) -> WatchLine? {
    switch signal {
    case .change(let event, let encoding):
      WatchLine(event, filter: watch.filter, resource: watch.resource, encoding: encoding)
    case .bookmark(let revision): .bookmark(watch.resource, revision: revision)
    }
  }

  /// Upstream sends a bookmark about once a minute.
  private func bookmark(_ id: Int) async throws {
    while true {
      try await Task.sleep(for: .seconds(60))
      await host.bookmark(id)
    }
  }

  /// The output of a container from the node that runs it.
  private func logResponse(_ wanted: PodLogRequest, _ request: Request) async throws -> Response {
    for provider in logs {
      let output: AsyncStream<[UInt8]>?
      do {
        output = try await provider.logs(wanted)
      } catch let error as PodLogError {
        throw StatusError.badRequest(error.message)
      }
      guard let output else { continue }
      let body = ResponseBody { writer in
        try await request.body.consumeWithCancellationOnInboundClose { _ in
          try await writer.write(ByteBuffer())
          for await piece in output { try await writer.write(ByteBuffer(bytes: piece)) }
        }
        try await writer.finish(nil)
      }
      return Response(status: .ok, headers: [.contentType: "text/plain"], body: body)
    }
    throw StatusError(
      code: 500, reason: "InternalError",
      message: "no node of the local cluster can show the output of pod \(wanted.pod) on node \(wanted.node)")
  }
}
