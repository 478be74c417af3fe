import Testing
import Transport

@Suite("Line framing")
struct LineFramerTests {
  static let recorded = Array("{\"type\":\"ADDED\"}\n\r\n{\"type\":\"MODIFIED\",\"name\":\"é\"}\r\n\nlast".utf8)
  static let lines = ["{\"type\":\"ADDED\"}", "", "{\"type\":\"MODIFIED\",\"name\":\"é\"}", ""]

  func lines(_ chunks: [[UInt8]]) -> (lines: [String], remainder: String) {
    var framer = LineFramer()
    var lines: [String] = []
    for chunk in chunks {
      framer.append(chunk)
      while let line = framer.next() { lines.append(String(decoding: line, as: UTF8.self)) }
    }
    return (lines, String(decoding: framer.remainder, as: UTF8.self))
  }

  @Test("a stream gives the same lines wherever it is split in two", arguments: 0...recorded.count)
  func split(at index: Int) {
    let found = lines([Array(Self.recorded[..<index]), Array(Self.recorded[index...])])
    #expect(found.lines == Self.lines)
    #expect(found.remainder == "last")
  }

  @Test("a stream gives the same lines byte by byte")
  func bytes() {
    let found = lines(Self.recorded.map { [$0] })
    #expect(found.lines == Self.lines)
    #expect(found.remainder == "last")
  }

  @Test("lines can be taken after several chunks were appended")
  func late() {
    var framer = LineFramer()
    for byte in Self.recorded { framer.append([byte]) }
    var found: [String] = []
    while let line = framer.next() { found.append(String(decoding: line, as: UTF8.self)) }
    #expect(found == Self.lines)
  }
}
