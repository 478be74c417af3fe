import Testing

@testable import JSON

@Suite struct JSONObjectTests {
  @Test("does what a dictionary does, for random changes", arguments: 0..<50)
  func likeDictionary(seed: UInt64) {
    var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    func below(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(bound))
    }
    var object = JSONObject()
    var dictionary: [String: JSONValue] = [:]
    for step in 0..<200 {
      let key = "key\(below(40))"
      switch below(4) {
      case 0:
        object[key] = nil
        dictionary[key] = nil
      case 1:
        #expect(object.removeValue(forKey: key) == dictionary.removeValue(forKey: key))
      default:
        object[key] = .integer(Int64(step))
        dictionary[key] = .integer(Int64(step))
      }
      #expect(object[key] == dictionary[key] && object.count == dictionary.count)
    }
    #expect(object.keys == dictionary.keys.sorted())
    #expect(object == JSONObject(dictionary))
  }

  @Test("is sorted, and of members with the same name the last wins, few or many", arguments: [1, 2, 5, 31, 32, 33, 500])
  func building(count: Int) {
    let members = (0..<count).map { ("k\(($0 * 7919) % count)", JSONValue.integer(Int64($0))) }
    let again = members.map { ($0.0, JSONValue.integer(($0.1.integer ?? 0) + 1000)) }
    let object = JSONObject(members + again)
    #expect(object.keys == Set(members.map(\.0)).sorted())
    for (key, value) in JSONObject(again) { #expect(object[key] == value) }
  }

  @Test("equals another with the same members, in whatever order they came")
  func equality() {
    #expect(JSONObject([("a", 1), ("b", 2)]) == JSONObject([("b", 2), ("a", 1)]))
    #expect(JSONObject([("a", 1), ("b", 2)]).hashValue == JSONObject([("b", 2), ("a", 1)]).hashValue)
    #expect(JSONObject([("a", 1)]) != ["a": 2])
    #expect(JSONObject() == [:])
  }

  @Test("filters, maps and merges its members")
  func transforms() {
    let object: JSONObject = ["a": 1, "b": 2, "c": 3]
    #expect(object.filter { $0.value != 2 } == ["a": 1, "c": 3])
    #expect(object.mapValues { .array([$0]) } == ["a": [1], "b": [2], "c": [3]])
    #expect(object.merging(["b": 5, "d": 6], uniquingKeysWith: { old, _ in old }) == ["a": 1, "b": 2, "c": 3, "d": 6])
    #expect(object.merging(["b": 5], uniquingKeysWith: { _, new in new })["b"] == 5)
  }

  @Test("a member of a member is changed in place, made where it is missing, and removed by nil")
  func nested() {
    var value: JSONValue = ["metadata": ["labels": ["a": "b"]]]
    value["metadata"]?["labels"]?["c"] = "d"
    value[path: "status", "phase"] = "Running"
    value[path: "metadata", "labels", "a"] = nil
    value[path: "nothing", "there"] = nil
    #expect(value == ["metadata": ["labels": ["c": "d"]], "status": ["phase": "Running"]])
    value["status"]?["phase"]?["deeper"] = 1
    #expect(value["status"] == ["phase": "Running"])
  }
}
