import JSON
import KubernetesSchema
import Testing

@Suite struct CustomResourceTests {
  @Test(
    "A custom resource that breaks its schema is refused in the API server's words",
    arguments: [
      (#"{"size": 30}"#, ["spec.size: Invalid value: 30: spec.size in body should be less than or equal to 10"]),
      (
        #"{"size": -1}"#,
        [
          "spec.size: Invalid value: -1: spec.size in body should be greater than or equal to 0",
          ".spec.size: Invalid value: -1: should be a non-negative integer",
        ]
      ),
      (
        #"{"size": "big", "color": "pink"}"#,
        [
          ".spec.size: Invalid value: 0: .spec.size accessor error: big is of the type string, expected int64",
          #"spec.color: Unsupported value: "pink": supported values: "Red", "Green""#,
          #"spec.size: Invalid value: "string": spec.size in body must be of type integer: "string""#,
        ]
      ),
      (#"{"color": "Red"}"#, ["spec.size: Required value"]),
      (#"{"size": 1, "tags": ["a", "b", "c", "d"]}"#, ["spec.tags: Too many: 4: must have at most 3 items"]),
      (
        #"{"size": 1, "name": "Not Ok"}"#,
        [#"spec.name: Invalid value: "Not Ok": spec.name in body should match '^[a-z]+$'"#]
      ),
      (#"{"size": 1, "name": "abcdefghi"}"#, ["spec.name: Too long: may not be more than 8 bytes"]),
      (#"{"size": 1, "tags": ["a", "a"]}"#, [#"spec.tags[1]: Duplicate value: "a""#]),
      (
        #"{"size": 1, "parts": [{"name": "a"}, {"name": "a"}]}"#,
        [#"spec.parts[1]: Duplicate value: {"name":"a"}"#]
      ),
      (#"{"size": 1, "parts": [{"count": 2}]}"#, ["spec.parts[0].name: Required value"]),
      (
        #"{"size": 1, "parts": [{"name": 5}]}"#,
        [#"spec.parts[0].name: Invalid value: "integer": spec.parts[0].name in body must be of type string: "integer""#]
      ),
      (
        #"{"size": 1.5}"#,
        [
          #"spec.size: Invalid value: "number": spec.size in body must be of type integer: "number""#,
          ".spec.size: Invalid value: 0: .spec.size accessor error: 1.5 is of the type float64, expected int64",
        ]
      ),
    ])
  func refusals(spec: String, expected: [String]) throws {
    let kind = try Samples.kind(Samples.gadgetSchema, scale: true)
    let object = kind.defaulted(kind.pruned(try Samples.gadget(spec)))
    #expect(kind.validateCreate(object).map(\.description).sorted() == expected.sorted())
  }

  @Test("The refusal of a whole object has the message and causes that kubectl prints")
  func status() throws {
    let kind = try Samples.kind(Samples.gadgetSchema)
    let errors = kind.validateCreate(kind.defaulted(try Samples.gadget(#"{"size": 30}"#)))
    let invalid = InvalidObject(group: kind.group, kind: kind.kind, name: "two", errors: errors)
    let detail = "Invalid value: 30: spec.size in body should be less than or equal to 10"
    #expect(invalid.message == "Gadget.cases.martlet.dev \"two\" is invalid: spec.size: \(detail)")
    #expect(
      invalid.status["details"]?["causes"] == [
        ["reason": "FieldValueInvalid", "message": .string(detail), "field": "spec.size"]
      ])
    #expect(invalid.status["code"] == 422)
  }

  @Test("Unknown fields are named under strict validation and dropped otherwise")
  func pruning() throws {
    let kind = try Samples.kind(Samples.gadgetSchema)
    let object = try Samples.gadget(
      #"{"size": 1, "unknown": 1, "free": {"any": [1, {"x": true}]}, "parts": [{"name": "a", "z": 1}]}"#)
    #expect(kind.unknownFields(object) == [#"unknown field "spec.parts[0].z""#, #"unknown field "spec.unknown""#])
    let pruned = kind.pruned(object)
    #expect(
      pruned["spec"] == (try Samples.json(#"{"size": 1, "free": {"any": [1, {"x": true}]}, "parts": [{"name": "a"}]}"#))
    )
    #expect(kind.pruned(pruned) == pruned)
    #expect(
      StrictDecodingError(problems: kind.unknownFields(object)).description
        == #"strict decoding error: unknown field "spec.parts[0].z", unknown field "spec.unknown""#)
  }

  @Test("Defaults are set, also inside list items, and only once")
  func defaulting() throws {
    let kind = try Samples.kind(Samples.gadgetSchema)
    let object = kind.defaulted(
      try Samples.gadget(#"{"size": 1, "color": null, "parts": [{"name": "a"}, {"name": "b", "count": 4}]}"#))
    #expect(
      object["spec"]
        == (try Samples.json(
          #"{"size": 1, "color": "Green", "parts": [{"name": "a", "count": 1}, {"name": "b", "count": 4}]}"#)))
    #expect(kind.defaulted(object) == object)
  }

  @Test("Empty and null metadata is left out, as Go leaves it out")
  func metadata() throws {
    let kind = try Samples.kind(Samples.gadgetSchema)
    var object = try Samples.gadget(#"{"size": 1}"#)
    object[path: "metadata", "creationTimestamp"] = JSONValue.null
    object[path: "metadata", "annotations"] = [:]
    #expect(kind.pruned(object)["metadata"] == ["name": "two", "namespace": "default"])
  }

  @Test("Nulls that are neither nullable nor defaulted are dropped")
  func nulls() throws {
    let kind = try Samples.kind(Samples.gadgetSchema)
    let object = kind.defaulted(try Samples.gadget(#"{"size": 1, "name": null}"#))
    #expect(object["spec"]?["name"] == nil)
  }

  @Test("A status update is checked from the status on")
  func statusUpdate() throws {
    let kind = try Samples.kind(Samples.gadgetSchema, scale: true)
    var old = try Samples.gadget(#"{"size": 1}"#)
    old["status"] = ["size": 2]
    var new = old
    new["status"] = ["size": "x"]
    #expect(
      kind.validateStatusUpdate(new, old: old).map(\.description).sorted() == [
        ".status.size: Invalid value: 0: .status.size accessor error: x is of the type string, expected int64",
        #"status.size: Invalid value: "string": size in body must be of type integer: "string""#,
      ])
  }

  @Test("What has not changed is not complained about when an object is updated")
  func ratcheting() throws {
    let kind = try Samples.kind(Samples.gadgetSchema)
    let old = try Samples.gadget(#"{"size": 30, "color": "Green"}"#)
    let same = try Samples.gadget(#"{"size": 30, "color": "Red"}"#)
    let worse = try Samples.gadget(#"{"size": 31, "color": "Red"}"#)
    #expect(kind.validateUpdate(same, old: old).isEmpty)
    #expect(kind.validateUpdate(worse, old: old).count == 1)
  }

  @Test(
    "Formats of strings are checked",
    arguments: [
      ("date-time", "2026-01-01T00:00:00Z", true), ("date-time", "2026-01-01T00:00:00.5+01:00", true),
      ("date-time", "2026-02-30T00:00:00Z", false), ("date-time", "soon", false), ("date", "2026-02-28", true),
      ("date", "2026-2-8", false), ("duration", "5m", true), ("duration", "P1D", true), ("duration", "abc", false),
      ("byte", "aGk=", true), ("byte", "a$k=", false), ("ipv4", "10.0.0.1", true), ("ipv4", "10.0.0.256", false),
      ("ipv6", "fe80::1", true), ("ipv6", "1:2", false), ("cidr", "10.0.0.0/8", true), ("cidr", "10.0.0.0/33", false),
      ("uuid", "123e4567-e89b-12d3-a456-426614174000", true), ("uuid", "x", false), ("uri", "https://a.example", true),
      ("uri", "no scheme", false), ("made-up", "anything", true),
    ])
  func formats(format: String, text: String, isValid: Bool) throws {
    let kind = try Samples.kind(
      #"{"type": "object", "properties": {"v": {"type": "string", "format": "\#(format)"}}}"#)
    let object: JSONValue = [
      "apiVersion": "cases.martlet.dev/v1", "kind": "Gadget", "metadata": ["name": "a", "namespace": "b"],
      "v": .string(text),
    ]
    let expected = isValid ? [] : [#"v: Invalid value: "\#(text)": v in body must be of type \#(format): "\#(text)""#]
    #expect(kind.validateCreate(object).map(\.description) == expected)
  }

  @Test("A typed patch is refused as structured-merge-diff refuses it")
  func typedPatch() throws {
    let kind = try Samples.kind(Samples.gadgetSchema)
    let twice = try Samples.gadget(#"{"parts": [{"name": "a"}, {"name": "a"}]}"#)
    #expect(kind.schema.typedPatchErrors(twice) == [#".spec.parts: duplicate entries for key [name="a"]"#])
    let wrong = try Samples.gadget(#"{"wrong": 1}"#)
    #expect(kind.schema.typedPatchErrors(wrong) == [".spec.wrong: field not declared in schema"])
    let deployment = try Samples.builtin("apps", "v1", "Deployment")
    let image = try Samples.json(
      #"{"spec": {"template": {"spec": {"containers": [{"name": "b", "image": true}]}}}}"#)
    #expect(
      deployment.schema.typedPatchErrors(image) == [
        #".spec.template.spec.containers[name="b"].image: expected string, got &value.valueUnstructured{Value:true}"#
      ])
  }
}
