import JSON
import KubernetesSchema

/// One step of a path to a field, in the terms of `fieldsV1`: a member (`f:`), an element of a list that is a map
/// (`k:`), an element of a set (`v:`), or a position (`i:`).
enum PathElement: Sendable, Hashable {
  case field(String)
  case key(JSONObject)
  case value(JSONValue)
  case index(Int)

  /// As `fieldsV1` writes it.
  var text: String {
    switch self {
    case .field(let name): "f:\(name)"
    case .key(let keys): "k:\(JSONValue.object(keys).text())"
    case .value(let value): "v:\(value.text())"
    case .index(let index): "i:\(index)"
    }
  }

  init?(_ text: String) {
    let rest = String(text.dropFirst(2))
    if text.hasPrefix("f:") {
      self = .field(rest)
    } else if text.hasPrefix("k:"), let keys = (try? JSONValue(parsing: rest))?.object {
      self = .key(keys)
    } else if text.hasPrefix("v:"), let value = try? JSONValue(parsing: rest) {
      self = .value(value)
    } else if text.hasPrefix("i:"), let index = Int(rest) {
      self = .index(index)
    } else {
      return nil
    }
  }

  /// As conflicts name it: `.spec`, `[name="a"]`, `[="x"]`, `[0]`.
  var description: String {
    switch self {
    case .field(let name): ".\(name)"
    case .key(let keys):
      "[" + keys.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value.text())" }.joined(separator: ",") + "]"
    case .value(let value): "[=\(value.text())]"
    case .index(let index): "[\(index)]"
    }
  }

  /// The order of `fieldsV1` and of conflicts.
  static func precedes(_ left: PathElement, _ right: PathElement) -> Bool {
    switch (left, right) {
    case (.index(let a), .index(let b)): a < b
    default: left.text < right.text
    }
  }
}

extension Schema {
  /// How the elements of this list are named in paths; nil for a list that is owned as one.
  func element(_ item: JSONValue) -> PathElement? {
    switch node.listType {
    case .atomic: return nil
    case .set: return .value(item)
    case .map:
      var keys: JSONObject = [:]
      for key in node.listMapKeys {
        // A key that is left out counts with its default, as `protocol` of a port does.
        if let value = item[key] ?? node.items?.child(key)?.defaultValue { keys[key] = value }
      }
      return .key(keys)
    }
  }

  /// Whether a member is declared, rather than one of a map or of unknown content.
  func declares(_ member: String) -> Bool { node.properties[member] != nil }

  /// Whether lists below are owned as one and maps each member: what upstream deduces where no type is known.
  var isAtomicMap: Bool { node.mapType == .atomic }
}
