/// A JSON patch (RFC 6902): operations that are applied in order, all or none.
public struct JSONPatch: Sendable, Hashable {
  public enum Operation: Sendable, Hashable {
    case add(JSONPointer, JSONValue)
    case remove(JSONPointer)
    case replace(JSONPointer, JSONValue)
    case move(from: JSONPointer, to: JSONPointer)
    case copy(from: JSONPointer, to: JSONPointer)
    case test(JSONPointer, JSONValue)
  }

  public var operations: [Operation]

  public init(_ operations: [Operation]) { self.operations = operations }

  /// Why a patch could not be read or applied.
  public struct Failure: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Kind: Sendable, Hashable { case malformed, testFailed, missing }
    public let kind: Kind
    public let description: String
  }

  /// Reads the patch document, an array of operations.
  public init(_ document: JSONValue) throws(Failure) {
    guard let elements = document.array else {
      throw Failure(kind: .malformed, description: "a JSON patch is an array of operations")
    }
    var operations: [Operation] = []
    for element in elements { operations.append(try Self.operation(element)) }
    self.operations = operations
  }

  private static func operation(_ element: JSONValue) throws(Failure) -> Operation {
    func pointer(_ member: String) throws(Failure) -> JSONPointer {
      guard let text = element[member]?.string, let pointer = JSONPointer(text) else {
        throw Failure(kind: .malformed, description: "a JSON patch operation needs a '\(member)' that is a JSON pointer")
      }
      return pointer
    }
    func value() throws(Failure) -> JSONValue {
      guard let value = element["value"] else {
        throw Failure(kind: .malformed, description: "a JSON patch operation needs a 'value'")
      }
      return value
    }
    switch element["op"]?.string {
    case "add": return .add(try pointer("path"), try value())
    case "remove": return .remove(try pointer("path"))
    case "replace": return .replace(try pointer("path"), try value())
    case "move": return .move(from: try pointer("from"), to: try pointer("path"))
    case "copy": return .copy(from: try pointer("from"), to: try pointer("path"))
    case "test": return .test(try pointer("path"), try value())
    default:
      throw Failure(kind: .malformed, description: "unexpected kind: \(element["op"]?.string ?? "none")")
    }
  }

  /// The patch as the document that is sent.
  public var document: JSONValue {
    .array(
      operations.map { operation in
        switch operation {
        case .add(let path, let value): ["op": "add", "path": .string(path.description), "value": value]
        case .remove(let path): ["op": "remove", "path": .string(path.description)]
        case .replace(let path, let value): ["op": "replace", "path": .string(path.description), "value": value]
        case .move(let from, let to): ["op": "move", "from": .string(from.description), "path": .string(to.description)]
        case .copy(let from, let to): ["op": "copy", "from": .string(from.description), "path": .string(to.description)]
        case .test(let path, let value): ["op": "test", "path": .string(path.description), "value": value]
        }
      })
  }

  /// The document after all operations.
  public func applied(to document: JSONValue) throws(Failure) -> JSONValue {
    var out = document
    for operation in operations {
      switch operation {
      case .add(let path, let value): try Self.edit(&out, path.tokens[...], path, .add(value))
      case .remove(let path): try Self.edit(&out, path.tokens[...], path, .remove)
      case .replace(let path, let value): try Self.edit(&out, path.tokens[...], path, .replace(value))
      case .move(let from, let to):
        let value = try Self.read(out, from)
        try Self.edit(&out, from.tokens[...], from, .remove)
        try Self.edit(&out, to.tokens[...], to, .add(value))
      case .copy(let from, let to):
        try Self.edit(&out, to.tokens[...], to, .add(try Self.read(out, from)))
      case .test(let path, let value):
        // A missing value equals null, as in the library that Kubernetes uses.
        guard (out[path] ?? .null) == value else {
          throw Failure(kind: .testFailed, description: "testing value \(path) failed: test failed")
        }
      }
    }
    return out
  }

  private enum Edit { case add(JSONValue), remove, replace(JSONValue) }

  private static func read(_ document: JSONValue, _ path: JSONPointer) throws(Failure) -> JSONValue {
    guard let value = document[path] else { throw missing(path) }
    return value
  }

  private static func missing(_ path: JSONPointer) -> Failure {
    Failure(kind: .missing, description: "the path \(path) does not exist")
  }

  private static func edit(
    _ value: inout JSONValue, _ tokens: ArraySlice<String>, _ path: JSONPointer, _ edit: Edit
  ) throws(Failure) {
    guard let token = tokens.first else {
      switch edit {
      case .add(let new), .replace(let new): value = new
      case .remove: throw Failure(kind: .malformed, description: "the root cannot be removed")
      }
      return
    }
    let rest = tokens.dropFirst()
    switch value {
    case .object(var members):
      if !rest.isEmpty {
        guard var child = members[token] else { throw missing(path) }
        try Self.edit(&child, rest, path, edit)
        members[token] = child
      } else {
        switch edit {
        case .add(let new): members[token] = new
        case .replace(let new):
          guard members[token] != nil else { throw missing(path) }
          members[token] = new
        case .remove:
          guard members.removeValue(forKey: token) != nil else { throw missing(path) }
        }
      }
      value = .object(members)
    case .array(var elements):
      if rest.isEmpty, token == "-", case .add(let new) = edit {
        elements.append(new)
        value = .array(elements)
        return
      }
      guard let index = Int(token), index >= 0, index <= elements.count else { throw missing(path) }
      if !rest.isEmpty {
        guard elements.indices.contains(index) else { throw missing(path) }
        try Self.edit(&elements[index], rest, path, edit)
      } else {
        switch edit {
        case .add(let new): elements.insert(new, at: index)
        case .replace(let new):
          guard elements.indices.contains(index) else { throw missing(path) }
          elements[index] = new
        case .remove:
          guard elements.indices.contains(index) else { throw missing(path) }
          elements.remove(at: index)
        }
      }
      value = .array(elements)
    default: throw missing(path)
    }
  }
}
