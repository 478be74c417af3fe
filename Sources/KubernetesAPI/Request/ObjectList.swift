public import CRDTypes
import JSON

/// The objects of a collection at one resource version.
public struct ObjectList: Sendable, Hashable {
  /// The objects, each with its `apiVersion` and `kind` (a server leaves them out of lists).
  public var items: [DynamicObject]
  /// The version at which the list was taken: a watch that goes on from it misses nothing.
  public var resourceVersion: String

  public init(items: [DynamicObject], resourceVersion: String) {
    self.items = items
    self.resourceVersion = resourceVersion
  }
}

/// One page of a list.
struct ListPage: Sendable, Hashable {
  var items: [DynamicObject]
  var resourceVersion: String
  /// The token of the next page; nil on the last.
  var next: String?

  init(items: [DynamicObject], resourceVersion: String, next: String?) {
    self.items = items
    self.resourceVersion = resourceVersion
    self.next = next
  }

  init(_ json: JSONValue, of type: ResourceType) {
    items = (json["items"]?.array ?? []).map { item in
      var item = item
      item["apiVersion"] = .string(type.apiVersion)
      item["kind"] = .string(type.kind)
      return DynamicObject(item)
    }
    resourceVersion = json[path: "metadata", "resourceVersion"]?.string ?? ""
    let token = json[path: "metadata", "continue"]?.string ?? ""
    next = token.isEmpty ? nil : token
  }
}
