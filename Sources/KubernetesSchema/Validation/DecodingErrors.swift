/// Fields that the kind does not have, refused under strict field validation.
public struct StrictDecodingError: Error, Sendable, Hashable, CustomStringConvertible {
  /// Each as `unknown field "spec.x"`.
  public var problems: [String]

  public init(problems: [String]) { self.problems = problems }

  public var description: String { "strict decoding error: " + problems.joined(separator: ", ") }
}

/// A value of the wrong type in an object of a built-in kind, in the words of the two ways that the API server decodes.
public struct DecodeError: Error, Sendable, Hashable {
  /// From a request's JSON: `json: cannot unmarshal number into Go struct field ConfigMap.data of type string`.
  public var decoder: String
  /// From a patched object: `cannot convert int64 to string`.
  public var conversion: String
}
