/// A CEL rule of a schema node (`x-kubernetes-validations`), checked by the API server.
///
/// `self` is the value of the node; a rule that reads `oldSelf` is checked on updates only. Costs are estimated
/// from the bounds of lists and strings when the definition is installed, so everything a rule walks is bounded.
public struct ValidationRule: Sendable, Hashable {
  /// The API machine's words for why a value is refused.
  public enum Reason: String, Sendable, Hashable {
    case invalid = "FieldValueInvalid"
    case forbidden = "FieldValueForbidden"
    case required = "FieldValueRequired"
    case duplicate = "FieldValueDuplicate"
  }

  public var rule: String
  /// What is wrong and what to do; the server puts the node's path before it.
  public var message: String
  public var reason: Reason
  /// The member of the node that is to blame, such as `min`; nil for the node itself.
  public var field: String?

  init(_ rule: String, message: String, reason: Reason = .invalid, field: String? = nil) {
    self.rule = rule
    self.message = message
    self.reason = reason
    self.field = field
  }

  /// A member of the node that must stay as it was created, absence included.
  ///
  /// `self` and `oldSelf` are tested for presence first, as adding or removing an optional member would
  /// otherwise go unnoticed.
  static func immutable(_ field: String, because why: String) -> ValidationRule {
    ValidationRule(
      "has(self.\(field)) == has(oldSelf.\(field)) && (!has(self.\(field)) || self.\(field) == oldSelf.\(field))",
      message: "\(field) cannot change: \(why)", reason: .forbidden, field: field)
  }

  /// A bound on the object's name, which leaves room for what its children's names add to it.
  static func nameLength(_ limit: Int) -> ValidationRule {
    ValidationRule(
      "size(self.metadata.name) <= \(limit)",
      message: "metadata.name is longer than \(limit) characters, which leaves no room for the names of its children: "
        + "choose a shorter one")
  }
}
