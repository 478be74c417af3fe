import CRDTypes
import JSON
import YAML

/// A change of a good spec and what is then to be said about it.
struct SpecPatch: Sendable, CustomStringConvertible {
  /// A merge patch of the spec, in YAML; `null` removes.
  let patch: String
  /// The problems, as they are shown.
  let problems: [String]

  var description: String { patch }

  init(_ patch: String, _ problems: String...) {
    self.patch = patch
    self.problems = problems
  }

  func found<Spec: ValidatedSpec & Decodable>(in base: String, as type: Spec.Type) throws -> [String] {
    let spec = try JSONValue(yaml: base).merging(patch: JSONValue(yaml: patch))
    return try spec.decoded(as: Spec.self).problems().map(\.description)
  }
}
