import Testing

@testable import LocalNode

@Suite struct ExpansionTests {
  @Test(
    "References are expanded as Kubernetes expands them",
    arguments: [
      ("$(A)", "1"), ("x$(A)y$(B)", "x1y2"), ("$(NONE)", "$(NONE)"), ("$$(A)", "$(A)"), ("$$$(A)", "$1"), ("$(A", "$(A"),
      ("a$b", "a$b"), ("end$", "end$"), ("--lr=$(A)", "--lr=1"), ("$()", "$()"),
    ])
  func expands(text: String, expected: String) {
    #expect(Expansion.expand(text, ["A": "1", "B": "2"]) == expected)
  }
}
