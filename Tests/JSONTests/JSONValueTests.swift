import JSON
import Testing

@Suite("A JSON value")
struct JSONValueTests {
  @Test("makes the objects on the way to a member that is written, and removes only the leaf")
  func paths() {
    var value: JSONValue = [:]
    value[path: "metadata", "labels", "app"] = "web"
    #expect(value == ["metadata": ["labels": ["app": "web"]]])
    value[path: "metadata", "labels", "app"] = nil
    #expect(value == ["metadata": ["labels": [:]]])
    value[path: "spec", "replicas"] = nil
    #expect(value == ["metadata": ["labels": [:]]])
  }

  @Test("tells integers from numbers but reads either as the other where nothing is lost")
  func numbers() {
    #expect(JSONValue.integer(1) != .number(1))
    #expect(JSONValue.number(2).integer == 2)
    #expect(JSONValue.number(2.5).integer == nil)
    #expect(JSONValue.integer(3).double == 3)
    #expect(JSONValue.number(1e30).integer == nil)
  }

  @Test("is a string map only where every member is a string")
  func stringMap() {
    #expect((["a": "b"] as JSONValue).stringMap == ["a": "b"])
    #expect((["a": 1] as JSONValue).stringMap == nil)
  }

  @Test("leaves absent members out of a compact object")
  func compact() {
    #expect(JSONValue.compact(["a": 1, "b": nil, "c": .null]) == ["a": 1, "c": .null])
  }
}
