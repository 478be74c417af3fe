/// The way to a field, written as Kubernetes writes it: `spec.containers[0].name`, `metadata.labels[app]`.
struct FieldPath: Sendable, Hashable {
  /// The text so far; empty for the object itself.
  private let written: String

  static let root = FieldPath("")

  init(_ text: String) { written = text }

  /// The path as messages show it; the object itself is `<nil>`.
  var text: String { written.isEmpty ? "<nil>" : written }

  /// The path without the stand-in for the root.
  var raw: String { written }

  func child(_ name: String) -> FieldPath { FieldPath(written.isEmpty ? name : written + "." + name) }

  func child(_ names: String...) -> FieldPath { names.reduce(self) { $0.child($1) } }

  func index(_ position: Int) -> FieldPath { FieldPath(written + "[\(position)]") }

  func key(_ key: String) -> FieldPath { FieldPath(written + "[\(key)]") }
}
