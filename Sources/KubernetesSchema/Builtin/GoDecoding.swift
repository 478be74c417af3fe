import JSON

/// Type errors as Go's decoders word them.
enum GoDecoding {
  static func error(_ object: JSONValue, _ schema: Schema, kind: String) -> DecodeError? {
    check(object, schema, owner: kind, path: [])
  }

  private static func check(_ value: JSONValue, _ schema: Schema, owner: String, path: [String]) -> DecodeError? {
    if value.isNull { return nil }
    if schema.isQuantity || schema.intOrString { return special(value, schema) }
    if schema.type == .any { return nil }
    guard fits(value, schema) else { return mismatch(value, schema, owner: owner, path: path) }
    switch value {
    case .object(let members):
      let inner = schema.typeName ?? owner
      for (name, member) in members.sorted(by: { $0.key < $1.key }) {
        guard let child = schema.child(name) else { continue }
        let next = schema.properties[name] != nil ? path + [name] : path
        if let error = check(member, child, owner: path.isEmpty ? owner : inner, path: next) { return error }
      }
    case .array(let elements):
      guard let items = schema.items else { return nil }
      for element in elements {
        if let error = check(element, items, owner: owner, path: path) { return error }
      }
    case .string(let text) where schema.format == "date-time" && !text.isEmpty && !StringFormat.isDateTime(text):
      let layout = "2006-01-02T15:04:05Z07:00"
      let message =
        "parsing time \(GoText.quoted(text)) as \(GoText.quoted(layout)): cannot parse "
        + "\(GoText.quoted(text)) as \"2006\""
      return DecodeError(decoder: message, conversion: message)
    case .string(let text) where schema.format == "byte" && !StringFormat.isBase64(text):
      let message = "illegal base64 data at input byte \(StringFormat.firstIllegalBase64(text))"
      return DecodeError(decoder: message, conversion: "error decoding from base64: " + message)
    default: break
    }
    return nil
  }

  private static func special(_ value: JSONValue, _ schema: Schema) -> DecodeError? {
    if schema.intOrString {
      if value.string != nil || value.integer != nil { return nil }
      let message = "json: cannot unmarshal \(jsonName(value)) into Go value of type int32"
      return DecodeError(decoder: message, conversion: message)
    }
    let text = value.string ?? (value.double == nil ? nil : GoText.map(value))
    if let text, Quantity(text) != nil { return nil }
    return DecodeError(decoder: CELFunctions.quantityError, conversion: CELFunctions.quantityError)
  }

  private static func fits(_ value: JSONValue, _ schema: Schema) -> Bool {
    switch schema.type {
    case .object: value.object != nil
    case .array: value.array != nil
    case .string: value.string != nil
    case .boolean: value.bool != nil
    case .number: value.double != nil
    case .integer: value.integer.map { schema.format != "int32" || Int32(exactly: $0) != nil } ?? false
    case .any: true
    }
  }

  private static func mismatch(_ value: JSONValue, _ schema: Schema, owner: String, path: [String]) -> DecodeError {
    let type = goType(schema)
    let field = path.isEmpty ? "Go value" : "Go struct field \(owner).\(path.joined(separator: "."))"
    var shown = jsonName(value)
    if schema.type == .integer, value.double != nil { shown = "number \(GoText.map(value))" }
    let source = GoText.typeName(value)
    let conversion: String
    switch schema.type {
    case .object where schema.typeName != nil: conversion = "cannot restore struct from: \(kindName(value))"
    case .object: conversion = "cannot restore map from \(kindName(value))"
    case .array: conversion = "cannot restore slice from \(kindName(value))"
    default: conversion = "cannot convert \(source) to \(type)"
    }
    return DecodeError(decoder: "json: cannot unmarshal \(shown) into \(field) of type \(type)", conversion: conversion)
  }

  /// The Go kind of an unstructured value.
  private static func kindName(_ value: JSONValue) -> String {
    switch value {
    case .array: "slice"
    case .object: "map"
    default: GoText.typeName(value)
    }
  }

  private static func jsonName(_ value: JSONValue) -> String {
    switch value {
    case .bool: "bool"
    case .integer, .number: "number"
    default: value.typeName
    }
  }

  private static func goType(_ schema: Schema) -> String {
    if let name = schema.typeName { return "v1." + name }
    switch schema.type {
    case .string: return schema.format == "byte" ? "[]uint8" : "string"
    case .boolean: return "bool"
    case .integer: return schema.format ?? "int64"
    case .number: return "float64"
    case .array: return "[]" + (schema.items.map(goType) ?? "interface {}")
    case .object: return "map[string]" + (schema.additionalProperties.map(goType) ?? "interface {}")
    case .any:
      return schema.isQuantity ? "resource.Quantity" : schema.intOrString ? "intstr.IntOrString" : "interface {}"
    }
  }
}
