public import CRDTypes
import JSON
public import Transport

extension KubernetesClient {
  /// The object of a key, or its subresource (`status`, `scale`).
  public func get(
    _ type: ResourceType, _ key: ObjectKey, subresource: String? = nil
  ) async throws -> DynamicObject {
    DynamicObject(try await json(APICall("GET", path(type, key, subresource: subresource))))
  }

  /// The object of a key, or nil where there is none.
  public func find(_ type: ResourceType, _ key: ObjectKey) async throws -> DynamicObject? {
    do {
      return try await get(type, key)
    } catch let error as APIError where error.isNotFound {
      return nil
    }
  }

  /// All objects of a collection at one resource version.
  ///
  /// The list is read in pages; where the version of the pages is compacted away while reading (410), reading starts
  /// again, and after `restarts` of those the error is thrown.
  public func list(
    _ type: ResourceType, namespace: String? = nil, selector: ListSelector = .all, pageSize: Int = 500
  ) async throws -> ObjectList {
    let restarts = 3
    var started = 0
    while true {
      do {
        return try await allPages(type, namespace: namespace, selector: selector, pageSize: pageSize)
      } catch let error as APIError where error.isGone && started < restarts {
        started += 1
      }
    }
  }

  private func allPages(
    _ type: ResourceType, namespace: String?, selector: ListSelector, pageSize: Int
  ) async throws -> ObjectList {
    var items: [DynamicObject] = []
    var token: String?
    repeat {
      let page = try await page(type, namespace: namespace, selector: selector, size: pageSize, token: token)
      items += page.items
      guard let next = page.next else { return ObjectList(items: items, resourceVersion: page.resourceVersion) }
      token = next
    } while true
  }

  func page(
    _ type: ResourceType, namespace: String?, selector: ListSelector, size: Int, token: String?
  ) async throws -> ListPage {
    var query = Query()
    selector.add(to: &query)
    if size > 0 { query.add("limit", String(size)) }
    query.add("continue", ifPresent: token)
    return ListPage(
      try await json(APICall("GET", type.collectionPath(namespace: namespace), query: query)), of: type)
  }

  /// The log of a pod's container as it is sent: bytes in order, cut anywhere.
  public func logs(pod: ObjectKey, options: LogOptions = LogOptions()) async throws -> ResponseBody {
    var call = APICall("GET", path(.pod, pod, subresource: "log"), query: options.query)
    call.headers["Accept"] = "*/*"
    // A container may be silent for as long as it likes.
    if options.follow { call.timeouts = Timeouts(idle: nil) }
    return try await open(call)
  }

  /// The server's version.
  public func version() async throws -> ServerVersion {
    ServerVersion(try await json(APICall("GET", "/version")))
  }
}

/// What `/version` says.
public struct ServerVersion: Sendable, Hashable {
  /// The whole version, such as `v1.32.3`.
  public let gitVersion: String
  public let major: Int
  public let minor: Int

  init(_ json: JSONValue) {
    gitVersion = json["gitVersion"]?.string ?? ""
    major = Self.number(json["major"])
    // Some providers write `27+`.
    minor = Self.number(json["minor"])
  }

  private static func number(_ value: JSONValue?) -> Int {
    Int((value?.string ?? "").prefix { $0.isASCII && $0.isNumber }) ?? 0
  }
}
