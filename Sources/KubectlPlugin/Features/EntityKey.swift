import CRDTypes
import FeatureStore
import FoundationEssentials

/// The keys of an entity, as the command line names them.
struct EntityKey: Sendable, Hashable {
  /// In the order of the definition.
  let names: [String]
  let values: [FeatureValue]

  /// Reads `name=value` for each key of a definition. Throws `Complaint`.
  init(_ arguments: [String], for definition: FeatureSetDefinition) throws {
    var given: [String: String] = [:]
    let known = definition.keys.map(\.name)
    for argument in arguments {
      guard let equals = argument.firstIndex(of: "=") else {
        throw Complaint("--key \(argument): write it as name=value, such as \(known.first ?? "id")=42")
      }
      let name = String(argument[..<equals])
      guard known.contains(name) else {
        throw Complaint("--key \(argument): there is no key \(name); there are \(known.joined(separator: ", "))")
      }
      guard given.updateValue(String(argument[argument.index(after: equals)...]), forKey: name) == nil else {
        throw Complaint("--key \(name) is given twice")
      }
    }
    let missing = known.filter { given[$0] == nil }
    guard missing.isEmpty else {
      throw Complaint("the entity needs \(missing.map { "--key \($0)=..." }.joined(separator: " "))")
    }
    names = known
    values = try definition.keys.map { try Self.value(given[$0.name] ?? "", of: $0) }
  }

  private static func value(_ text: String, of key: FeatureSetDefinition.Key) throws -> FeatureValue {
    let value: FeatureValue? =
      switch key.type {
      case .int64: Int64(text).map(FeatureValue.int64)
      case .double: Double(text).map(FeatureValue.double)
      case .string: .string(text)
      case .bool: Bool(text.lowercased()).map(FeatureValue.bool)
      case .timestamp: Timestamp.date(text).map(FeatureValue.timestamp)
      }
    guard let value else {
      let example =
        switch key.type {
        case .int64: "a whole number"
        case .double: "a number"
        case .string: "text"
        case .bool: "true or false"
        case .timestamp: "a time such as 2026-01-31T12:00:00Z"
        }
      throw Complaint("--key \(key.name)=\(text): \(key.name) is \(key.type.rawValue), so it must be \(example)")
    }
    return value
  }

  /// The keys on one line.
  var text: String {
    zip(names, values).map { "\($0)=\(ValueText.text($1))" }.joined(separator: " ")
  }
}
