import JSON

extension RuleTree {
  /// What the rules say of a value. Transition rules run where there is an old value; other failures of what has not
  /// changed are passed over (KEP-4008).
  func errors(_ value: JSONValue, old: JSONValue?, at path: FieldPath = .root, unchanged: Bool = false) -> [FieldError]
  {
    if value.isNull { return [] }
    let isUnchanged = old.map { $0 == value } ?? unchanged
    var out = ownErrors(value, old: old, at: path, isUnchanged: isUnchanged)
    switch value {
    case .object(let members):
      let followsOld = schema.mapType != .atomic
      for (name, member) in members.sorted(by: { $0.key < $1.key }) {
        let previous = followsOld ? old?[name] : nil
        if let branch = properties[name] {
          out += branch.errors(member, old: previous, at: path.child(name), unchanged: isUnchanged)
        } else if let branch = additionalProperties {
          out += branch.errors(member, old: previous, at: path.key(name), unchanged: isUnchanged)
        }
      }
    case .array(let elements):
      guard let items else { break }
      for (index, element) in elements.enumerated() {
        let previous = schema.counterpart(of: element, in: old)
        out += items.errors(element, old: previous, at: path.index(index), unchanged: isUnchanged)
      }
    default: break
    }
    return out
  }

  private func ownErrors(
    _ value: JSONValue, old: JSONValue?, at path: FieldPath, isUnchanged: Bool
  ) -> [FieldError] {
    if rules.isEmpty { return [] }
    let own = CELSchemaValues.value(value, schema, isRoot: isRoot)
    let previous = old.flatMap { $0.isNull ? nil : CELSchemaValues.value($0, schema, isRoot: isRoot) }
    let typeName = JSONValue.string(schema.type.rawValue)
    var out: [FieldError] = []
    for compiled in rules {
      guard let program = compiled.program, compiled.problem == nil else {
        out.append(.invalid(path, typeName, "rule compile error: \(compiled.problem ?? "")"))
        continue
      }
      var variables = ["self": own]
      if compiled.usesOldSelf {
        if compiled.rule.optionalOldSelf {
          variables["oldSelf"] = .optional(previous)
        } else {
          guard let previous else { continue }
          variables["oldSelf"] = previous
        }
      }
      let result: CELValue
      do throws(CELError) {
        result = try program.evaluate(variables)
      } catch {
        out.append(.invalid(path, typeName, Self.explain(error, compiled.rule)))
        continue
      }
      if result == .bool(true) || isUnchanged && !compiled.usesOldSelf { continue }
      out.append(failure(of: compiled, value, variables, at: path))
    }
    return out
  }

  private static func explain(_ error: CELError, _ rule: ValidationRule) -> String {
    let named = (rule.message ?? rule.rule).trimmingSpaces
    if error.description.hasPrefix("no such overload") {
      return "'\(error)': call arguments did not match a supported operator, function or macro signature for rule: "
        + named
    }
    if error.description.hasPrefix("operation cancelled") {
      return "'\(error)': no further validation rules will be run due to call cost exceeds limit for rule: \(named)"
    }
    return "\(error) evaluating rule: \(named)"
  }

  private func failure(
    of compiled: CompiledRule, _ value: JSONValue, _ variables: [String: CELValue], at path: FieldPath
  ) -> FieldError {
    let rule = compiled.rule
    var detail = rule.message.map(\.trimmingSpaces) ?? "failed rule: \(rule.rule.trimmingSpaces)"
    if let program = compiled.message, case .string(let text)? = try? program.evaluate(variables) {
      let trimmed = text.trimmingSpaces
      if !trimmed.isEmpty, trimmed.utf8.count <= 5120, !trimmed.contains("\n") { detail = trimmed }
    }
    let field = rule.fieldPath.map { path.child($0.hasPrefix(".") ? String($0.dropFirst()) : $0) } ?? path
    // Simple values are shown; objects and lists would be too much, so that nothing stands in their place.
    let shown: JSONValue?
    switch value {
    case .object, .array: shown = Optional.none
    default: shown = value
    }
    switch rule.reason {
    case "FieldValueForbidden": return .forbidden(field, detail)
    case "FieldValueRequired": return .required(field, detail)
    case "FieldValueDuplicate": return FieldError(.duplicate, field.text, shown)
    default: return .invalid(field, shown, detail)
    }
  }
}

extension String {
  var trimmingSpaces: String {
    var view = self[...]
    while let first = view.first, first.isWhitespace { view = view.dropFirst() }
    while let last = view.last, last.isWhitespace { view = view.dropLast() }
    return String(view)
  }
}
