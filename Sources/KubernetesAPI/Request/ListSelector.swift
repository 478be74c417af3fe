/// Which objects of a collection are meant: a label selector and a field selector in the text form that the API
/// takes; absent ones restrict nothing.
public struct ListSelector: Sendable, Hashable {
  public var labels: String?
  public var fields: String?

  public init(labels: String? = nil, fields: String? = nil) {
    self.labels = labels
    self.fields = fields
  }

  /// Every object of the collection.
  public static let all = ListSelector()

  /// The objects that carry all of these labels.
  public static func labels(_ labels: [String: String]) -> ListSelector {
    let terms = labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    return ListSelector(labels: terms.isEmpty ? nil : terms.joined(separator: ","))
  }

  /// The objects whose labels match an expression such as `app=web,tier in (a, b),!legacy`.
  public static func matching(_ labels: String) -> ListSelector { ListSelector(labels: labels) }

  /// The one object of a name.
  public static func name(_ name: String) -> ListSelector { ListSelector(fields: "metadata.name=\(name)") }

  func add(to query: inout Query) {
    query.add("labelSelector", ifPresent: labels)
    query.add("fieldSelector", ifPresent: fields)
  }
}
