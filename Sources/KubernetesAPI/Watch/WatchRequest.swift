public import CRDTypes

/// What is watched: a kind, in one namespace or in all, and which of its objects.
public struct WatchRequest: Sendable, Hashable {
  public var type: ResourceType
  public var namespace: String?
  public var selector: ListSelector
  /// Objects a page where the initial list is taken with a list (client-go's reflector uses 500).
  public var pageSize: Int

  public init(
    _ type: ResourceType, namespace: String? = nil, selector: ListSelector = .all, pageSize: Int = 500
  ) {
    self.type = type
    self.namespace = namespace
    self.selector = selector
    self.pageSize = pageSize
  }
}
