/// What the server does with fields that a kind does not have (the `fieldValidation` parameter of writes).
public enum FieldValidation: String, Sendable, Hashable, CaseIterable {
  /// Drop them silently.
  case ignore = "Ignore"
  /// Drop them, and say so in a warning.
  case warn = "Warn"
  /// Refuse the request.
  case strict = "Strict"
}
