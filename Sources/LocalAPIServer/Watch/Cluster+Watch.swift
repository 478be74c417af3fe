import JSON

extension Cluster {
  /// Accepts a watch (https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes).
  func watch(_ call: ResourceCall) throws -> WatchRequest {
    let query = call.request.query
    let resource = call.resource
    let filter = try ObjectFilter(query, call)
    guard let presentation = Presentation(call.request.accept) else {
      throw StatusError(
        code: 406, reason: "NotAcceptable",
        message: "only the following media types are accepted: application/json, application/json;stream=watch")
    }
    let version = query["resourceVersion"] ?? ""
    let sendsBookmarks = query.flag("allowWatchBookmarks") ?? false
    let streamsList = query.flag("sendInitialEvents")
    if streamsList != nil, query["resourceVersionMatch"] != "NotOlderThan" {
      throw StatusError(
        code: 422, reason: "Invalid",
        message: "ListOptions.meta.k8s.io \"\" is invalid: resourceVersionMatch: Forbidden: sendInitialEvents requires "
          + "setting resourceVersionMatch to NotOlderThan")
    }
    var initial: [WatchLine] = []
    var isRefused = false
    if streamsList == true || (streamsList == nil && (version.isEmpty || version == "0")) {
      let objects = store.objects(resource.storage, namespace: call.target.namespace).map(resource.served)
      initial = objects.filter(filter.matches).map { WatchLine(.added, $0) }
      if streamsList == true, sendsBookmarks {
        initial.append(.bookmark(resource, revision: store.revision, endsInitial: true))
      }
    } else if !version.isEmpty, version != "0" {
      guard let start = Int64(version) else {
        throw StatusError.badRequest("resourceVersion: Invalid value: \"\(version)\": it is not a number")
      }
      if let events = store.events(resource.storage, after: start) {
        initial = events.compactMap { WatchLine($0, filter: filter, resource: resource) }
      } else {
        isRefused = true
        initial = [.refusal(.expired("too old resource version: \(start) (\(store.revision))"))]
      }
    }
    let seconds = query.integer("timeoutSeconds").flatMap { $0 > 0 ? $0 : nil } ?? Self.watchSeconds
    return WatchRequest(
      resource: resource, filter: filter, presentation: presentation, options: .init(query), initial: initial,
      isRefused: isRefused, sendsBookmarks: sendsBookmarks, timeout: .seconds(seconds))
  }

  /// How long a watch lasts whose client does not say: upstream's `--min-request-timeout`.
  private static let watchSeconds: Int64 = 1800
}
