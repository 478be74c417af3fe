import JSON
import KubernetesSchema
import Testing

@Suite struct ImmutabilityTests {
  private static let pod =
    #"{"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [{"name": "m", "image": "x"}]}}"#

  @Test("A Deployment's selector is fixed")
  func selector() throws {
    let kind = try Samples.builtin("apps", "v1", "Deployment")
    let old = try Samples.prepared(
      kind, #"{"metadata": {"name": "w"}, "spec": {"selector": {"matchLabels": {"a": "b"}}, "template": \#(Self.pod)}}"#
    )
    #expect(kind.validateCreate(old).map(\.description) == [])
    var new = old
    new[path: "spec", "selector", "matchLabels", "a"] = "other"
    new[path: "spec", "template", "metadata", "labels", "a"] = "other"
    #expect(
      kind.validateUpdate(new, old: old).map(\.description) == [
        #"spec.selector: Invalid value: {"matchLabels":{"a":"other"}}: field is immutable"#
      ])
  }

  @Test("A Secret keeps its type, and what is immutable its data")
  func data() throws {
    let secret = try Samples.builtin("", "v1", "Secret")
    let old = try Samples.prepared(secret, #"{"metadata": {"name": "s"}, "stringData": {"k": "v"}, "immutable": true}"#)
    #expect(old["data"] == ["k": "dg=="] && old["stringData"] == nil && old["type"] == "Opaque")
    var new = old
    new["type"] = "other"
    new["data"] = ["k": "eA=="]
    #expect(
      secret.validateUpdate(new, old: old).map(\.description) == [
        #"type: Invalid value: "other": field is immutable"#,
        "data: Forbidden: field is immutable when `immutable` is set",
      ])
  }

  @Test("Of a pod's specification only the images and the like may change")
  func podSpec() throws {
    let kind = try Samples.builtin("", "v1", "Pod")
    let old = try Samples.prepared(
      kind, #"{"metadata": {"name": "p"}, "spec": {"containers": [{"name": "m", "image": "x"}]}}"#)
    let image = try JSONPatch(Samples.json(#"[{"op": "add", "path": "/spec/containers/0/image", "value": "y"}]"#))
    let command = try JSONPatch(Samples.json(#"[{"op": "add", "path": "/spec/containers/0/command", "value": ["y"]}]"#))
    #expect(kind.validateUpdate(try image.applied(to: old), old: old).isEmpty)
    #expect(kind.validateUpdate(try command.applied(to: old), old: old).map(\.path) == ["spec"])
    var bound = old
    bound[path: "spec", "nodeName"] = "n"
    #expect(kind.validateUpdate(bound, old: old).isEmpty)
  }

  @Test(
    "A Job's failure policy must be one that can work",
    arguments: [
      (#"{"action": "FailJob"}"#, "specifying one of OnExitCodes and OnPodConditions is required"),
      (#"{"action": "FailIndex", "onPodConditions": [{"type": "X"}]}"#, "requires the backoffLimitPerIndex to be set"),
      (#"{"action": "Ignore", "onExitCodes": {"operator": "In", "values": [0]}}"#, "must not be 0 for the In operator"),
      (#"{"action": "Ignore", "onExitCodes": {"operator": "In", "values": [3, 2]}}"#, "must be ordered"),
      (
        #"{"action": "Count", "onExitCodes": {"containerName": "z", "operator": "In", "values": [3]}}"#,
        "must be one of the container or initContainer names in the pod template"
      ),
    ])
  func failurePolicy(rule: String, detail: String) throws {
    let kind = try Samples.builtin("batch", "v1", "Job")
    let job = try Samples.prepared(
      kind,
      """
      {"metadata": {"name": "j"}, "spec": {"podFailurePolicy": {"rules": [\(rule)]},
       "template": {"spec": {"restartPolicy": "Never", "containers": [{"name": "m", "image": "x"}]}}}}
      """)
    #expect(kind.validateCreate(job).map(\.detail) == [detail])
    #expect(job[path: "spec", "podReplacementPolicy"] == "Failed")
  }

  @Test("A rule at the root sees the object's name")
  func rootRule() throws {
    let kind = try Samples.kind(
      """
      {"type": "object", "properties": {"spec": {"type": "object", "properties": {"x": {"type": "integer"}}}},
       "x-kubernetes-validations": [{"rule": "self.metadata.name.size() < 3 && self.kind == 'Gadget'"}]}
      """)
    #expect(kind.validateCreate(try Samples.gadget("{}", name: "ab")).isEmpty)
    #expect(kind.validateCreate(try Samples.gadget("{}", name: "abc")).count == 1)
  }

  @Test("Embedded objects need a type, and alternatives are told apart")
  func alternatives() throws {
    let kind = try Samples.kind(
      """
      {"type": "object", "properties": {"spec": {"type": "object",
       "properties": {"a": {"type": "string"}, "b": {"type": "string"},
        "o": {"type": "object", "x-kubernetes-embedded-resource": true, "x-kubernetes-preserve-unknown-fields": true}},
       "oneOf": [{"required": ["a"]}, {"required": ["b"]}]}}}
      """)
    #expect(kind.validateCreate(try Samples.gadget(#"{"a": "1"}"#)).isEmpty)
    #expect(
      kind.validateCreate(try Samples.gadget(#"{"a": "1", "b": "2"}"#)).map(\.description) == [
        #"<nil>: Invalid value: "": "spec" must validate one and only one schema (oneOf). Found 2 valid alternatives"#
      ])
    #expect(
      kind.validateCreate(try Samples.gadget(#"{"a": "1", "o": {"kind": "K", "x": 1}}"#)).map(\.description) == [
        "spec.o.apiVersion: Required value: must not be empty"
      ])
  }
}
