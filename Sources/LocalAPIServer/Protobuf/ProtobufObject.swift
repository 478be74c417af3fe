import CRDTypes
import FoundationEssentials
import JSON

/// Reads Kubernetes objects in protocol buffers (`application/vnd.kubernetes.protobuf`), which kubectl sends for
/// built-in kinds even where it takes JSON as the answer. The format is that of `runtime.Unknown`: the bytes `k8s\0`,
/// then a message with the kind and the object.
enum ProtobufObject {
  /// Why bytes are no such object.
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  static func json(_ bytes: [UInt8]) throws -> JSONValue {
    guard bytes.starts(with: [0x6B, 0x38, 0x73, 0x00]) else {
      throw Failure(
        description: "provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]")
    }
    var reader = WireReader(bytes[4...])
    var apiVersion = ""
    var kind = ""
    var raw: ArraySlice<UInt8> = []
    while let (number, value) = try reader.next() {
      switch (number, value) {
      case (1, .bytes(let type)):
        var typeReader = WireReader(type)
        while let (member, text) = try typeReader.next() {
          guard case .bytes(let content) = text else { continue }
          if member == 1 { apiVersion = String(decoding: content, as: UTF8.self) }
          if member == 2 { kind = String(decoding: content, as: UTF8.self) }
        }
      case (2, .bytes(let content)): raw = content
      default: break
      }
    }
    guard MessageTypes.all[kind] != nil else {
      throw Failure(description: "objects of kind \(kind) are not read from protocol buffers; send JSON")
    }
    var object = try message(raw, kind)
    object["apiVersion"] = .string(apiVersion)
    object["kind"] = .string(kind)
    return object
  }

  private static func message(_ bytes: ArraySlice<UInt8>, _ type: String) throws -> JSONValue {
    let fields = MessageTypes.all[type] ?? [:]
    var out: JSONObject = [:]
    var reader = WireReader(bytes)
    while let (number, value) = try reader.next() {
      guard let field = fields[number] else { continue }
      if field.name == ".", case .message(let inner) = field.type, case .bytes(let content) = value {
        out.merge(try message(content, inner).object ?? [:]) { _, last in last }
        continue
      }
      switch field.type {
      case .repeated(let element):
        out[field.name] = .array((out[field.name]?.array ?? []) + (try elements(value, element)))
      case .map(let element):
        guard case .bytes(let entry) = value else { continue }
        let (key, member) = try mapEntry(entry, element)
        var members = out[field.name]?.object ?? [:]
        members[key] = member
        out[field.name] = .object(members)
      default: out[field.name] = try single(value, field.type)
      }
    }
    return .object(out)
  }

  /// One element, or several integers that are packed.
  private static func elements(_ value: WireValue, _ type: MessageFieldType) throws -> [JSONValue] {
    guard type == .integer, case .bytes(let packed) = value else { return [try single(value, type)] }
    var reader = WireReader(packed)
    var out: [JSONValue] = []
    while !reader.atEnd { out.append(.integer(Int64(bitPattern: try reader.varint()))) }
    return out
  }

  private static func mapEntry(_ entry: ArraySlice<UInt8>, _ type: MessageFieldType) throws -> (String, JSONValue) {
    var reader = WireReader(entry)
    var key = ""
    var value: JSONValue = type == .string || type == .bytes ? "" : .null
    while let (number, content) = try reader.next() {
      if number == 1, case .bytes(let text) = content { key = String(decoding: text, as: UTF8.self) }
      if number == 2 { value = try single(content, type) }
    }
    return (key, value)
  }

  private static func single(_ value: WireValue, _ type: MessageFieldType) throws -> JSONValue {
    switch (type, value) {
    case (.integer, .varint(let number)): return .integer(Int64(bitPattern: number))
    case (.boolean, .varint(let number)): return .bool(number != 0)
    case (.double, .fixed64(let bits)): return .number(Double(bitPattern: bits))
    case (.string, .bytes(let text)): return .string(String(decoding: text, as: UTF8.self))
    case (.bytes, .bytes(let content)): return .string(Data(content).base64EncodedString())
    case (.message(let name), .bytes(let content)): return try message(content, name)
    case (.time, .bytes(let content)), (.microTime, .bytes(let content)):
      return try time(content, micro: type == .microTime)
    case (.quantity, .bytes(let content)): return try numbered(content)[1] ?? "0"
    case (.fields, .bytes(let content)):
      guard case .string(let text)? = try numbered(content)[1] else { return .object([:]) }
      return (try? JSONValue(parsing: text)) ?? .object([:])
    case (.intOrString, .bytes(let content)):
      let parts = try numbered(content)
      return parts[1]?.integer == 1 ? parts[3] ?? "" : parts[2] ?? 0
    case (.items(let inner), .bytes(let content)):
      var reader = WireReader(content)
      var out: [JSONValue] = []
      while let (number, item) = try reader.next() {
        if number == 1 { out.append(try single(item, inner)) }
      }
      return .array(out)
    default: throw Failure(description: "a field has the wrong wire type")
    }
  }

  /// A small message's fields by number: integers and texts.
  private static func numbered(_ bytes: ArraySlice<UInt8>) throws -> [UInt64: JSONValue] {
    var reader = WireReader(bytes)
    var out: [UInt64: JSONValue] = [:]
    while let (number, value) = try reader.next() {
      switch value {
      case .varint(let integer): out[number] = .integer(Int64(bitPattern: integer))
      case .bytes(let text): out[number] = .string(String(decoding: text, as: UTF8.self))
      case .fixed64: break
      }
    }
    return out
  }

  private static func time(_ bytes: ArraySlice<UInt8>, micro: Bool) throws -> JSONValue {
    let parts = try numbered(bytes)
    // Go's zero time is absent in JSON; on the wire it is an empty message.
    guard let seconds = parts[1]?.integer, seconds != -62_135_596_800 else { return .null }
    let nanos = parts[2]?.integer ?? 0
    let date = Date(timeIntervalSince1970: Double(seconds) + (micro ? Double(nanos) / 1e9 : 0))
    return .string(micro ? Timestamp.microText(date) : Timestamp.text(date))
  }
}
