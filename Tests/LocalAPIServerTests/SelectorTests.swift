import JSON
import Testing

@testable import LocalAPIServer

@Suite struct SelectorTests {
  @Test("label selectors match as their operators say", arguments: [
    ("a=1", true), ("a==1", true), ("a!=1", false), ("a in (1,2)", true), ("a notin (1)", false), ("a", true),
    ("!a", false), ("b", false), ("!b", true), ("b!=1", true), ("a=1,c=x", true), ("a=1,c=y", false), ("a>0", true),
    ("a<1", false), ("", true),
  ])
  func labels(text: String, matches: Bool) throws {
    #expect(try LabelSelector(text).matches(["a": "1", "c": "x"]) == matches)
  }

  @Test("what is no label selector is refused in upstream's words", arguments: [
    ("a===b", "unable to parse requirement: found '=', expected: identifier"),
    ("=a", "unable to parse requirement: found '=', expected: identifier"),
    ("a in b", "unable to parse requirement: found 'b' expected: '('"),
  ])
  func refusals(text: String, message: String) {
    #expect(throws: StatusError.badRequest(message)) { try LabelSelector(text) }
  }

  @Test("field selectors on fields that a kind lacks are refused", arguments: [
    ("configmaps", #""spec.x" is not a known field selector: only "metadata.name", "metadata.namespace""#),
    ("pods", "field label not supported: spec.x"),
  ])
  func fields(resource: String, message: String) {
    var api = APIFixture()
    let answer = api.send("GET", "/api/v1/namespaces/default/\(resource)?fieldSelector=spec.x%3Dy")
    #expect(answer.code == 400)
    #expect(answer.message == message)
  }

  @Test("field selectors choose pods by node and phase")
  func podFields() {
    var api = APIFixture()
    _ = api.send("POST", APIFixture.pods, APIFixture.pod("a"))
    _ = api.send(
      "POST", APIFixture.pods + "/a/binding",
      ["apiVersion": "v1", "kind": "Binding", "metadata": ["name": "a"], "target": ["kind": "Node", "name": "n"]])
    _ = api.send("POST", APIFixture.pods, APIFixture.pod("b"))
    func names(_ query: String) -> [String] {
      (api.send("GET", "/api/v1/pods?fieldSelector=\(query)").json["items"]?.array ?? []).map(\.name)
    }
    #expect(names("spec.nodeName%3Dn") == ["a"])
    #expect(names("spec.nodeName%3D") == ["b"])
    #expect(names("status.phase%3DPending,metadata.name!%3Da") == ["b"])
  }
}
