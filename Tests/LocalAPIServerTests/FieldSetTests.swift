import JSON
import KubernetesSchema
import Testing

@testable import LocalAPIServer

@Suite struct FieldSetTests {
  @Test("fieldsV1 survives reading and writing")
  func roundTrip() throws {
    let json = try JSONValue(
      parsing: #"{"f:metadata":{"f:labels":{".":{},"f:a":{}}},"f:spec":{"f:ports":"#
        + #"{"k:{\"port\":80,\"protocol\":\"TCP\"}":{".":{},"f:port":{}}},"f:tags":{"v:\"x\"":{}}}}"#)
    #expect(FieldSet(json).json == json)
  }

  @Test("a configuration's fields are its leaves, its list elements and its map entries")
  func typed() throws {
    let schema = try #require(BuiltinKind.named(group: "apps", version: "v1", kind: "Deployment")).schema
    let config: JSONValue = [
      "spec": [
        "selector": ["matchLabels": ["a": "b"]],
        "template": ["spec": ["containers": [["name": "a", "args": ["x", "y"]]]]],
      ]
    ]
    let text = FieldSet.of(config, schema: schema).paths.map { $0.map(\.description).joined() }
    #expect(
      text == [
        ".spec.selector", #".spec.template.spec.containers[name="a"]"#,
        #".spec.template.spec.containers[name="a"].args"#, #".spec.template.spec.containers[name="a"].name"#,
      ])
  }

  @Test("sets are united, intersected and subtracted path by path")
  func algebra() {
    func set(_ paths: [String]) -> FieldSet {
      var out = FieldSet()
      for path in paths { out.insert(path.split(separator: ".").map { PathElement.field(String($0)) }) }
      return out
    }
    let left = set(["a", "b.c", "b.d"])
    let right = set(["b.c", "e"])
    #expect(left.union(right) == set(["a", "b.c", "b.d", "e"]))
    #expect(left.intersection(right) == set(["b.c"]))
    #expect(left.subtracting(right) == set(["a", "b.d"]))
    #expect(left.removing(subtrees: set(["b"])) == set(["a"]))
  }

  @Test("elements that an applied list names come in its order, others stay where they were")
  func mergeOrder() throws {
    let schema = try #require(BuiltinKind.named(group: "", version: "v1", kind: "Pod")).schema
    func pod(_ names: [String]) -> JSONValue {
      ["spec": ["containers": .array(names.map { ["name": .string($0)] })]]
    }
    let merged = TypedMerge.merge(pod(["a", "x", "b"]), pod(["b", "a", "c"]), schema: schema)
    let names = (merged[path: "spec", "containers"]?.array ?? []).compactMap { $0["name"]?.string }
    #expect(names.filter { $0 != "x" } == ["b", "a", "c"])
    #expect(names.count == 4)
  }
}
