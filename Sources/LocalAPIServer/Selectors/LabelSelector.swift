import JSON

/// A label selector in its text form (`a=b,c in (d,e),!f`), as queries carry it.
struct LabelSelector: Sendable, Hashable {
  enum Operator: Sendable, Hashable { case equals, notEquals, isIn, notIn, exists, absent, greater, less }

  struct Requirement: Sendable, Hashable {
    let key: String
    let `operator`: Operator
    let values: [String]

    func matches(_ labels: [String: String]) -> Bool {
      let value = labels[key]
      switch `operator` {
      case .exists: return value != nil
      case .absent: return value == nil
      case .equals, .isIn: return value.map(values.contains) ?? false
      case .notEquals, .notIn: return value.map { !values.contains($0) } ?? true
      case .greater, .less:
        guard let value = value.flatMap(Int64.init), let bound = values.first.flatMap(Int64.init) else { return false }
        return `operator` == .greater ? value > bound : value < bound
      }
    }
  }

  var requirements: [Requirement]

  static let everything = LabelSelector(requirements: [])

  init(requirements: [Requirement]) { self.requirements = requirements }

  /// Parses the text form; refusals have upstream's words.
  init(_ text: String) throws {
    var parser = LabelSelectorParser(text)
    requirements = try parser.requirements()
  }

  /// The selector of an object (`matchLabels`, `matchExpressions`), as Deployments and Jobs have it.
  init(object: JSONValue?) {
    var requirements = (object?["matchLabels"]?.stringMap ?? [:]).sorted { $0.key < $1.key }.map {
      Requirement(key: $0.key, operator: .equals, values: [$0.value])
    }
    for expression in object?["matchExpressions"]?.array ?? [] {
      let values = expression["values"]?.array?.compactMap(\.string) ?? []
      let kind: Operator
      switch expression["operator"]?.string {
      case "In": kind = .isIn
      case "NotIn": kind = .notIn
      case "Exists": kind = .exists
      default: kind = .absent
      }
      requirements.append(Requirement(key: expression["key"]?.string ?? "", operator: kind, values: values))
    }
    self.requirements = requirements
  }

  func matches(_ labels: [String: String]) -> Bool { requirements.allSatisfy { $0.matches(labels) } }

  /// The text form of `status.selector` of scale subresources.
  var text: String {
    requirements.map { requirement in
      let values = requirement.values.sorted().joined(separator: ",")
      switch requirement.operator {
      case .equals: return "\(requirement.key)=\(values)"
      case .notEquals: return "\(requirement.key)!=\(values)"
      case .isIn: return "\(requirement.key) in (\(values))"
      case .notIn: return "\(requirement.key) notin (\(values))"
      case .exists: return requirement.key
      case .absent: return "!\(requirement.key)"
      case .greater: return "\(requirement.key)>\(values)"
      case .less: return "\(requirement.key)<\(values)"
      }
    }.joined(separator: ",")
  }
}
