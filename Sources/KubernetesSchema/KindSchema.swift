public import JSON

/// What an API server must know of a kind to accept its objects: one implementation for built-in kinds and one for
/// those of CustomResourceDefinitions.
public protocol KindSchema: Sendable {
  var group: String { get }
  var version: String { get }
  var kind: String { get }
  /// The structure of the whole object.
  var schema: Schema { get }
  /// What cannot be decoded at all; nil where everything can (custom kinds report it in validation).
  func decodeError(_ object: JSONValue) -> DecodeError?
  /// Fields that the kind lacks, each as strict decoding words it: `unknown field "spec.x"`, sorted by path.
  func unknownFields(_ object: JSONValue) -> [String]
  /// The object without unknown fields. Idempotent.
  func pruned(_ object: JSONValue) -> JSONValue
  /// The object with its defaults. Idempotent.
  func defaulted(_ object: JSONValue) -> JSONValue
  /// What is wrong with a new object that is pruned and defaulted.
  func validateCreate(_ object: JSONValue) -> [FieldError]
  /// What is wrong with an object that replaces another.
  func validateUpdate(_ new: JSONValue, old: JSONValue) -> [FieldError]
  /// What is wrong with an object that replaces another's status.
  func validateStatusUpdate(_ new: JSONValue, old: JSONValue) -> [FieldError]
}

extension KindSchema {
  /// `apps/v1`, or `v1` in the core group.
  public var apiVersion: String { group.isEmpty ? version : group + "/" + version }
}
