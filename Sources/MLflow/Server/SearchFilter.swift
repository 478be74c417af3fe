/// Names and constants in the filters of MLflow's search endpoints, which have quotes but no escapes.
enum SearchFilter {
  static func name(_ name: String) throws(MLflowError) -> String {
    guard !name.contains("`") else {
      throw MLflowError(.invalidRequest, "MLflow cannot search for a tag whose name has a backquote: \(name)")
    }
    return "`\(name)`"
  }

  static func constant(_ text: String) throws(MLflowError) -> String {
    if !text.contains("'") { return "'\(text)'" }
    guard !text.contains("\"") else {
      throw MLflowError(.invalidRequest, "MLflow cannot search for text that has both kinds of quotes: \(text)")
    }
    return "\"\(text)\""
  }
}
