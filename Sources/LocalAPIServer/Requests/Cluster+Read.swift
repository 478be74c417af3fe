import CRDTypes
import JSON

extension Cluster {
  /// The object of a call, in its version.
  func read(_ call: ResourceCall) throws -> JSONValue {
    let key = ObjectKey(namespace: call.target.namespace, name: call.name)
    guard let object = store.object(call.resource.storage, key) else {
      throw StatusError.notFound(call.resource.groupResource, call.name)
    }
    return call.resource.served(object)
  }

  /// One page of a list, or all of it.
  func list(_ call: ResourceCall) throws -> APIReply {
    let query = call.request.query
    let page = try page(call)
    let resource = call.resource
    let items = page.items.map(resource.served)
    let metadata = JSONValue.compact([
      "resourceVersion": .string(String(page.revision)), "continue": page.next.map { .string($0.text) },
      "remainingItemCount": page.remaining.map { JSONValue($0) },
    ])
    guard let shown = Presentation(call.request.accept) else {
      throw StatusError(
        code: 406, reason: "NotAcceptable",
        message: "only the following media types are accepted: application/json, "
          + "application/json;as=Table;v=v1;g=meta.k8s.io, "
          + "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io")
    }
    return .json(
      code: 200,
      shown.list(items, metadata: metadata, resource: resource, options: .init(query), now: call.now))
  }

  private func page(_ call: ResourceCall) throws -> ListPage {
    let query = call.request.query
    let filter = try ObjectFilter(query, call)
    let token = try query["continue"].flatMap { $0.isEmpty ? nil : try ContinueToken($0) }
    if token == nil, query["resourceVersionMatch"] == "Exact", let text = query["resourceVersion"],
      let wanted = Int64(text), wanted != store.revision
    {
      throw StatusError.expired("The provided resource version is not kept: \(wanted) (current \(store.revision))")
    }
    let limit = query.integer("limit") ?? 0
    let all = store.objects(call.resource.storage, namespace: call.target.namespace, after: token?.last)
      .filter { call.target.namespace == nil || $0.namespace == call.target.namespace }
      .filter { filter.matches(call.resource.served($0)) }
    let revision = token?.revision ?? store.revision
    guard limit > 0, all.count > Int(limit) else {
      return ListPage(items: all, revision: revision, next: nil, remaining: nil)
    }
    let items = Array(all.prefix(Int(limit)))
    let next = items.last.map {
      ContinueToken(revision: revision, last: ObjectKey(namespace: $0.namespace, name: $0.name))
    }
    // Upstream does not count what is left where a selector hides some of it.
    return ListPage(
      items: items, revision: revision, next: next,
      remaining: filter.isEverything ? all.count - items.count : nil)
  }
}

/// Which objects a list or a watch is about.
struct ObjectFilter: Sendable {
  let labels: LabelSelector
  let fields: FieldSelector
  let selectable: SelectableFields
  /// A watch or list of one name (`/api/v1/namespaces/a/pods/b?watch=1`).
  let name: String?
  let namespace: String?

  init(_ query: Query, _ call: ResourceCall) throws {
    labels = try query["labelSelector"].map { try LabelSelector($0) } ?? .everything
    fields = try query["fieldSelector"].map { try FieldSelector($0, resource: call.resource) } ?? .everything
    selectable = call.resource.fields
    name = call.target.name
    namespace = call.target.namespace
  }

  var isEverything: Bool { labels.requirements.isEmpty && fields.terms.isEmpty && name == nil }

  func matches(_ object: JSONValue) -> Bool {
    if let namespace, object.namespace != namespace { return false }
    if let name, object.name != name { return false }
    return (labels.requirements.isEmpty || labels.matches(object.labels))
      && (fields.terms.isEmpty || fields.matches(object, fields: selectable))
  }
}
