import Testing

@testable import Postgres

@Suite("The text form of arrays")
struct ArrayTextTests {
  @Test(
    "what is written reads back",
    arguments: [
      [], ["a"], ["a", nil, "b"], ["", "NULL", "null"], ["a,b", "{c}", "d\"e", "f\\g"], ["\u{1F426}", " x "],
    ] as [[String?]])
  func roundTrip(elements: [String?]) {
    #expect(ArrayText.read(ArrayText.write(elements)) == elements)
  }

  @Test(
    "the server's forms are read",
    arguments: [
      ("{}", []), ("{1,2}", ["1", "2"]), ("{NULL,\"NULL\"}", [nil, "NULL"]), ("[0:1]={5,6}", ["5", "6"]),
    ] as [(String, [String?])])
  func serverForms(text: String, elements: [String?]) { #expect(ArrayText.read(text) == elements) }

  @Test("what is no one-dimensional array is refused", arguments: ["", "1,2", "{1", "{1}x", "{{1},{2}}", "{\"a"])
  func refused(text: String) { #expect(ArrayText.read(text) == nil) }
}
