import CRDTypes
import Testing

@testable import KubectlPlugin

@Suite("Text for a terminal")
struct TextTests {
  @Test("Columns are aligned, and nothing stands after the last")
  func tables() {
    let table = TextTable(["NAME", "READY"], [["a-long-name", "True"], ["b", ""]])
    #expect(
      table.text == """
        NAME          READY
        a-long-name   True
        b
        """)
  }

  @Test(
    "Ages are short",
    arguments: [
      (-5, "0s"), (119, "119s"), (125, "2m5s"), (600, "10m"), (3 * 3600 + 60, "3h1m"), (47 * 3600, "47h"),
      (49 * 3600, "2d1h"), (20 * 86_400, "20d"),
    ])
  func ages(seconds: Int, text: String) {
    #expect(Age.text(seconds: seconds) == text)
  }

  @Test(
    "Kinds go by all the names that kubectl takes",
    arguments: ["trainingsweeps", "TrainingSweep", "sweep", "trainingsweep.martlet.dev", "SWEEP"])
  func kinds(word: String) throws {
    #expect(try KindName.find(word).type.kind == "TrainingSweep")
  }

  @Test("A kind that is none is refused with the ones there are")
  func unknownKind() {
    #expect {
      try KindName.find("pods")
    } throws: { error in
      "\(error)".contains("no kind pods") && "\(error)".contains("featuresets (fset)")
    }
  }

  @Test("Every column of every kind can be read", arguments: ResourceDefinition.all)
  func columns(definition: ResourceDefinition) {
    for column in definition.columns { #expect(ColumnPath(column.path) != nil, "\(column.path)") }
  }

  @Test("Paths of another form are refused", arguments: ["status", ".", ".a[0]", ".a[?(@.type==\"\")]"])
  func paths(text: String) {
    #expect(ColumnPath(text) == nil)
  }
}
