import JSON

/// Checks values against a CRD's schema and words what is wrong as the API server does.
///
/// The names in messages start at the validated root, the paths of errors at `prefix`: for a status update the root
/// is `status` itself, so that a message says `size in body` about the field `status.size`.
struct ValueValidator {
  let prefix: FieldPath
  private(set) var errors: [FieldError] = []

  init(prefix: FieldPath = .root) { self.prefix = prefix }

  /// Checks a value. Where `old` is given, what has not changed is not complained about (KEP-4008).
  mutating func validate(_ value: JSONValue, _ schema: Schema, name: String = "", old: JSONValue? = nil) {
    // Types of built-in kinds (`metadata`) are checked by their own rules; only what the CRD adds is checked here.
    if schema.typeName != nil {
      for part in schema.allOf { validate(value, part, name: name, old: old) }
      return
    }
    if let old, old == value { return }
    if value.isNull, schema.nullable { return }
    checkType(value, schema, name)
    checkCombinations(value, schema, name)
    switch value {
    case .string(let text): checkString(text, schema, name)
    case .integer, .number: checkNumber(value, schema, name)
    case .array(let elements): checkArray(elements, schema, name, old)
    case .object(let members): checkObject(members, schema, name, old)
    default: break
    }
    checkEnumeration(value, schema, name)
  }

  private func field(_ name: String) -> FieldPath {
    guard !name.isEmpty else { return prefix }
    return prefix.raw.isEmpty ? FieldPath(name) : FieldPath(prefix.raw + "." + name)
  }

  private func subject(_ name: String) -> String { name.isEmpty ? "" : name + " in body " }

  private mutating func invalid(_ name: String, _ value: JSONValue, _ detail: String) {
    errors.append(.invalid(field(name), value, subject(name) + detail))
  }

  private mutating func checkType(_ value: JSONValue, _ schema: Schema, _ name: String) {
    let expected: String
    if schema.intOrString {
      if value.string != nil || value.integer != nil { return }
      expected = "integer,string"
    } else {
      switch schema.type {
      case .any: return
      case .object: if value.object != nil { return }
      case .array: if value.array != nil { return }
      case .string: if value.string != nil { return }
      case .integer: if value.integer != nil { return }
      case .number: if value.double != nil { return }
      case .boolean: if value.bool != nil { return }
      }
      if let format = schema.format, value.string == nil, value.array == nil {
        return checkFormat(value, schema, format, name)
      }
      expected = schema.type.rawValue
    }
    let actual = value.typeName
    errors.append(
      .typeInvalid(field(name), .string(actual), "\(subject(name))must be of type \(expected): \"\(actual)\""))
  }

  /// A value of the wrong type where the schema has a format: the message speaks of formats alone.
  private mutating func checkFormat(_ value: JSONValue, _ schema: Schema, _ format: String, _ name: String) {
    var actual = ""
    if case .number = value { actual = "float64" }
    if case .integer = value { actual = "int64" }
    errors.append(
      .typeInvalid(field(name), .string(actual), "\(subject(name))must be of type \(format): \"\(actual)\""))
    if case .number = value, schema.type == .integer {
      let place = name.isEmpty ? "" : " in \(name)"
      errors.append(
        .invalid(.root, "", "Checked value must be of type integer with format \(format)\(place)"))
    }
  }

  private mutating func checkString(_ text: String, _ schema: Schema, _ name: String) {
    let count = text.unicodeScalars.count
    // Only the first of these is told.
    if let maximum = schema.maxLength, count > maximum {
      errors.append(.tooLong(field(name), maximum))
    } else if let minimum = schema.minLength, count < minimum {
      invalid(name, .string(text), "should be at least \(minimum) chars long")
    } else if let pattern = schema.compiledPattern, !pattern.matches(text) {
      invalid(name, .string(text), "should match '\(pattern.text)'")
    }
    if let format = schema.format, schema.type == .string || schema.type == .any, !StringFormat.accepts(text, format) {
      let detail = "\(subject(name))must be of type \(format): \(GoText.quoted(text))"
      errors.append(.typeInvalid(field(name), .string(text), detail))
    }
  }

  private mutating func checkNumber(_ value: JSONValue, _ schema: Schema, _ name: String) {
    guard let number = value.double else { return }
    func shown(_ bound: Double) -> String {
      if case .integer = value { return String(Int64(exactly: bound.rounded(.towardZero)) ?? 0) }
      return GoText.float(bound)
    }
    if let factor = schema.multipleOf, factor > 0 {
      let quotient = number / factor
      if quotient != quotient.rounded() { invalid(name, value, "should be a multiple of \(GoText.float(factor))") }
    }
    if let maximum = schema.maximum, schema.exclusiveMaximum ? number >= maximum : number > maximum {
      invalid(name, value, "should be less than \(schema.exclusiveMaximum ? "" : "or equal to ")\(shown(maximum))")
    }
    if let minimum = schema.minimum, schema.exclusiveMinimum ? number <= minimum : number < minimum {
      invalid(name, value, "should be greater than \(schema.exclusiveMinimum ? "" : "or equal to ")\(shown(minimum))")
    }
    if schema.format == "int32", let integer = value.integer, Int32(exactly: integer) == nil {
      errors.append(.invalid(prefix, "", "Checked value must be of type integer with format int32 for field \(name)"))
    }
  }

  private mutating func checkArray(_ elements: [JSONValue], _ schema: Schema, _ name: String, _ old: JSONValue?) {
    if let minimum = schema.minItems, elements.count < minimum {
      invalid(name, JSONValue(elements.count), "should have at least \(minimum) items")
    }
    if let maximum = schema.maxItems, elements.count > maximum {
      errors.append(.tooMany(field(name), elements.count, maximum))
    }
    guard let items = schema.items else { return }
    for (index, element) in elements.enumerated() {
      let counterpart = schema.counterpart(of: element, in: old)
      validate(element, items, name: "\(name)[\(index)]", old: counterpart)
    }
  }

  private mutating func checkObject(
    _ members: JSONObject, _ schema: Schema, _ name: String, _ old: JSONValue?
  ) {
    if let minimum = schema.minProperties, members.count < minimum {
      invalid(name, JSONValue(members.count), "should have at least \(minimum) properties")
    }
    if let maximum = schema.maxProperties, members.count > maximum {
      errors.append(.tooMany(field(name), members.count, maximum))
    }
    for required in schema.required where members[required] == nil {
      errors.append(.required(field(name.isEmpty ? required : name + "." + required)))
    }
    for (key, member) in members.sorted(by: { $0.key < $1.key }) {
      guard let child = schema.child(key) else { continue }
      validate(member, child, name: name.isEmpty ? key : name + "." + key, old: old?[key])
    }
  }

  private mutating func checkEnumeration(_ value: JSONValue, _ schema: Schema, _ name: String) {
    guard !schema.enumeration.isEmpty, !schema.enumeration.contains(where: { Self.same($0, value) }) else { return }
    errors.append(.notSupported(field(name), value, schema.enumeration.map { $0.string ?? $0.text() }))
  }

  private static func same(_ one: JSONValue, _ other: JSONValue) -> Bool {
    if let one = one.double, let other = other.double { return one == other }
    return one == other
  }

  private mutating func checkCombinations(_ value: JSONValue, _ schema: Schema, _ name: String) {
    for part in schema.allOf { validate(value, part, name: name) }
    func failures(_ part: Schema) -> [FieldError] {
      var inner = ValueValidator(prefix: prefix)
      inner.validate(value, part, name: name)
      return inner.errors
    }
    func composite(_ text: String) -> FieldError { .invalid(prefix, "", "\(GoText.quoted(name)) \(text)") }
    if !schema.anyOf.isEmpty {
      let results = schema.anyOf.map(failures)
      if !results.contains(where: \.isEmpty) {
        errors.append(composite("must validate at least one schema (anyOf)"))
        errors += results.min { $0.count < $1.count } ?? []
      }
    }
    if !schema.oneOf.isEmpty {
      let results = schema.oneOf.map(failures)
      let valid = results.filter(\.isEmpty).count
      if valid != 1 {
        let found = valid == 0 ? "Found none valid" : "Found \(valid) valid alternatives"
        errors.append(composite("must validate one and only one schema (oneOf). \(found)"))
        if valid == 0 { errors += results.min { $0.count < $1.count } ?? [] }
      }
    }
    if let not = schema.not, failures(not).isEmpty { errors.append(composite("must not validate the schema (not)")) }
  }
}

extension Schema {
  /// The element that an element replaces: in a list of type map, the one with the same keys.
  func counterpart(of element: JSONValue, in old: JSONValue?) -> JSONValue? {
    guard node.listType == .map, let elements = old?.array else { return nil }
    let key = keyText(of: element)
    return elements.first { keyText(of: $0) == key }
  }
}
