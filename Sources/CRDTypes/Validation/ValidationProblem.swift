/// One thing that is wrong with a spec, and what to do about it.
public struct ValidationProblem: Sendable, Hashable, CustomStringConvertible {
  /// The field, such as `spec.parameters[learning_rate].double.min`; elements of named lists by name.
  public var path: String
  /// What is wrong and what to do, for people.
  public var message: String

  public init(path: String, message: String) {
    self.path = path
    self.message = message
  }

  public var description: String { "\(path): \(message)" }
}

/// A spec that can be checked without a cluster.
///
/// The rules are those of the kind's schema, for objects that were stored before a rule existed, and those that
/// the schema cannot express. A spec without problems is one that a planner can act on.
public protocol ValidatedSpec {
  /// Everything that is wrong, in the order of the fields; empty where nothing is.
  func problems() -> [ValidationProblem]
}
