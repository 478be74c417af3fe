import CRDTypes
import JSON
import Testing

@testable import Planning

@Suite("What an object holds of a manifest")
struct OwnedTests {
  private static func object(_ spec: JSONValue) -> DynamicObject {
    var out = DynamicObject(.deployment, ObjectKey(namespace: "n", name: "a"))
    out.spec = spec
    return out
  }

  private static let pairs: [(JSONValue, JSONValue, Bool)] = [
    // What servers leave out, write in another way, or fill in.
    (["env": [["name": "A", "value": ""]]], ["env": [["name": "A"]]], true),
    (["hostNetwork": false, "initialDelaySeconds": 0], [:], true),
    (["cpu": 0.5], ["cpu": "500m"], true), (["cpu": "1000m"], ["cpu": "1"], true), (["cpu": 2], ["cpu": "2"], true),
    (["volumes": [], "labels": [:]], [:], true),
    (["env": [["name": "A", "value": "1"]]], ["env": [["name": "B", "value": "2"], ["name": "A", "value": "1"]]], true),
    // What is another thing.
    (["env": [["name": "A", "value": "1"]]], ["env": [["name": "A", "value": "2"]]], false),
    (["hostNetwork": true], [:], false), (["cpu": 0.5], ["cpu": "5"], false), (["args": ["a"]], ["args": ["a", "b"]], false),
    (["replicas": 0], ["replicas": 3], false), (["value": ""], ["value": "x"], false),
  ]

  @Test("Only what a server may write in another way counts as the same", arguments: pairs)
  func holds(_ wanted: JSONValue, _ there: JSONValue, _ expected: Bool) {
    #expect(Owned.holds(Self.object(wanted), in: Self.object(there)) == expected)
  }

  @Test("A field that a manifest no longer has is missed by its digest")
  func digest() {
    let before = Owned.stamped(Self.object(["a": 1, "paused": true]))
    let after = Owned.stamped(Self.object(["a": 1]))
    #expect(Owned.holds(before, in: before) && !Owned.holds(after, in: before))
  }
}
