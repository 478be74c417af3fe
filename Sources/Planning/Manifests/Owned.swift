import CRDTypes
import JSON

/// Whether an object already has what a manifest asks for, so that nothing need be written.
enum Owned {
  /// Annotation of what the operator makes: a digest of the manifest, without which the removal of a field from a
  /// manifest would go unnoticed.
  static let annotation = "martlet.dev/manifest"

  /// The manifest with its digest.
  ///
  /// - Parameter except: a path whose value is no decision of the operator's, such as a number that an autoscaler sets.
  static func stamped(_ manifest: DynamicObject, except: [String]? = nil) -> DynamicObject {
    var decided = manifest.json
    if let except { decided[path: except] = nil }
    var out = manifest
    out.annotations[annotation] = ShortHash.of(decided.text())
    return out
  }

  /// True where every field of the manifest stands in the object with the same value. Lists of named things are
  /// compared by name, since servers fill their elements in with defaults and others may add some.
  static func holds(_ manifest: DynamicObject, in object: DynamicObject) -> Bool {
    guard let members = manifest.json.object else { return true }
    return members.allSatisfy { name, value in
      name == "apiVersion" || name == "kind" || contains(object.json[name] ?? .null, value)
    }
  }

  private static func contains(_ actual: JSONValue, _ wanted: JSONValue) -> Bool {
    switch wanted {
    case .object(let members):
      return members.allSatisfy { contains(actual[$0.key] ?? emptied($0.value), $0.value) }
    case .array(let elements):
      guard let present = actual.array else { return elements.isEmpty }
      if let named = byName(elements), let presentNamed = byName(present) {
        return named.allSatisfy { name, element in presentNamed[name].map { contains($0, element) } ?? false }
      }
      return present.count == elements.count && zip(present, elements).allSatisfy { contains($0, $1) }
    default:
      return actual == wanted || sameQuantity(actual, wanted) || (actual.isNull && isZero(wanted))
    }
  }

  /// Servers leave empty objects and lists out.
  private static func emptied(_ value: JSONValue) -> JSONValue {
    switch value {
    case .object(let members) where members.isEmpty: .object([:])
    case .array(let elements) where elements.isEmpty: .array([])
    default: .null
    }
  }

  /// Servers leave most values out that say nothing. Where one takes the place of another value, the digest differs.
  private static func isZero(_ value: JSONValue) -> Bool { value == "" || value == false || value == 0 || value.isNull }

  private static func byName(_ elements: [JSONValue]) -> JSONObject? {
    var out: JSONObject = [:]
    for element in elements {
      guard let name = element["name"]?.string, out[name] == nil else { return nil }
      out[name] = element
    }
    return out.isEmpty ? nil : out
  }

  /// A quantity may be written in several ways, `1000m` and `1`, and as a number; servers keep one of them.
  private static func sameQuantity(_ left: JSONValue, _ right: JSONValue) -> Bool {
    func amount(_ value: JSONValue) -> Int64? {
      switch value {
      case .string(let text): Quantity.milli(text)
      case .integer, .number: Quantity.milli(value.text())
      default: nil
      }
    }
    guard let left = amount(left) else { return false }
    return left == amount(right)
  }
}
