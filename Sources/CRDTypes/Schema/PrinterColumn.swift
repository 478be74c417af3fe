import JSON

/// One column of `kubectl get`.
public struct PrinterColumn: Sendable, Hashable {
  public enum Kind: String, Sendable, Hashable { case string, integer, date, boolean }

  public var name: String
  public var kind: Kind
  /// A simple JSONPath below the object, such as `.status.progress`.
  public var path: String
  public var description: String
  /// Whether the column shows with `-o wide` only.
  public var isWide: Bool

  init(_ name: String, _ kind: Kind = .string, path: String, _ description: String, wide: Bool = false) {
    self.name = name
    self.kind = kind
    self.path = path
    self.description = description
    isWide = wide
  }

  /// The status or another member of a condition.
  static func condition(
    _ name: String, _ type: String, member: String = "status", _ description: String, wide: Bool = false
  ) -> PrinterColumn {
    PrinterColumn(name, path: ".status.conditions[?(@.type==\"\(type)\")].\(member)", description, wide: wide)
  }

  static let age = PrinterColumn(
    "Age", .date, path: ".metadata.creationTimestamp", "How long ago the object was created.")

  /// The API server leaves out a priority of 0 when it stores the definition; so does this, lest tools that
  /// compare the two see a difference.
  var document: JSONValue {
    .compact([
      "name": .string(name), "type": .string(kind.rawValue), "jsonPath": .string(path),
      "description": .string(description), "priority": isWide ? 1 : nil,
    ])
  }
}
