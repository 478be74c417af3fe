/// A pattern that is written in this module, compiled once.
struct KnownPattern: Sendable {
  let text: String
  private let pattern: Pattern?

  init(_ text: String) {
    self.text = text
    pattern = try? Pattern(text)
  }

  func matches(_ text: String) -> Bool { pattern?.matches(text) ?? false }
}
