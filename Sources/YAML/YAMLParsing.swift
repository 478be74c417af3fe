public import JSON

extension JSONValue {
  /// Reads a YAML text of at most one document as Kubernetes reads manifests; an empty text is null.
  ///
  /// Plain scalars have the meaning that kubectl gives them (so `on` is true and `017` is 15), keys become strings,
  /// anchors, aliases and merge keys are resolved. A key that is there twice is an error.
  public init(yaml bytes: [UInt8]) throws(YAMLError) {
    let documents = try JSONValue.documents(yaml: bytes)
    guard documents.count <= 1 else {
      throw YAMLError(
        code: .documents, reason: "\(documents.count) documents where one is expected", line: 1, column: 1)
    }
    self = documents.first ?? .null
  }

  /// Reads a YAML text of at most one document.
  public init(yaml text: String) throws(YAMLError) { try self.init(yaml: Array(text.utf8)) }

  /// Reads the documents of a YAML text, which `---` lines separate; empty ones are null.
  public static func documents(yaml bytes: [UInt8]) throws(YAMLError) -> [JSONValue] {
    var composer = YAMLComposer(try YAMLEvents(bytes))
    return try composer.documents()
  }

  /// Reads the documents of a YAML text.
  public static func documents(yaml text: String) throws(YAMLError) -> [JSONValue] {
    try documents(yaml: Array(text.utf8))
  }
}
