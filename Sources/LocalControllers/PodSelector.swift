import JSON

/// The selector of an object, such as a PodDisruptionBudget's: `matchLabels` and `matchExpressions`.
struct PodSelector: Sendable {
  let selector: JSONValue

  init(_ selector: JSONValue?) { self.selector = selector ?? [:] }

  func matches(_ labels: [String: String]) -> Bool {
    let wanted = selector["matchLabels"]?.stringMap ?? [:]
    guard wanted.allSatisfy({ labels[$0.key] == $0.value }) else { return false }
    return (selector["matchExpressions"]?.array ?? []).allSatisfy { expression in
      let value = labels[expression["key"]?.string ?? ""]
      let values = expression["values"]?.array?.compactMap(\.string) ?? []
      switch expression["operator"]?.string {
      case "In": return value.map(values.contains) ?? false
      case "NotIn": return value.map { !values.contains($0) } ?? true
      case "Exists": return value != nil
      default: return value == nil
      }
    }
  }
}
