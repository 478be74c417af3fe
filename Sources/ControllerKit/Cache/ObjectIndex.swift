public import CRDTypes
import JSON

/// Finds objects by something else than their key: a function from an object to the values it is found under.
public struct ObjectIndex: Sendable {
  public let name: String
  private let values: @Sendable (DynamicObject) -> [String]
  private var entries: [String: Set<ObjectKey>] = [:]

  public init(_ name: String, values: @escaping @Sendable (DynamicObject) -> [String]) {
    self.name = name
    self.values = values
  }

  /// Every informer has this one: objects by the UIDs of their owners.
  public static let owner = ObjectIndex("owner") { $0.ownerReferences.map(\.uid) }

  /// Objects by the value of a label.
  public static func label(_ label: String) -> ObjectIndex {
    ObjectIndex("label:\(label)") { $0.labels[label].map { [$0] } ?? [] }
  }

  /// The value of an index whose values name other objects, such as a reference from a spec.
  public static func value(of key: ObjectKey) -> String { key.description }

  func keys(for value: String) -> Set<ObjectKey> { entries[value] ?? [] }

  mutating func update(_ key: ObjectKey, old: DynamicObject?, new: DynamicObject?) {
    let before = Set(old.map(values) ?? [])
    let after = Set(new.map(values) ?? [])
    for value in before.subtracting(after) {
      entries[value]?.remove(key)
      if entries[value]?.isEmpty == true { entries[value] = nil }
    }
    for value in after.subtracting(before) { entries[value, default: []].insert(key) }
  }
}

/// What a cache leaves out of the objects that it keeps, to save memory.
public struct ObjectTransform: Sendable {
  private let paths: [[String]]
  private let also: (@Sendable (inout DynamicObject) -> Void)?

  /// - Parameters:
  ///   - dropping: paths of members to leave out, besides `metadata.managedFields`, which nothing here reads.
  ///   - also: anything else; it must keep kind, metadata.name, namespace, uid and resourceVersion.
  public init(dropping: [[String]] = [], also: (@Sendable (inout DynamicObject) -> Void)? = nil) {
    paths = [["metadata", "managedFields"]] + dropping
    self.also = also
  }

  public func callAsFunction(_ object: DynamicObject) -> DynamicObject {
    var object = object
    for path in paths where object.json[path: path] != nil { object.json[path: path] = nil }
    also?(&object)
    return object
  }
}
