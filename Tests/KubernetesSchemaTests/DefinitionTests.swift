import JSON
import KubernetesSchema
import Testing

private let place = "spec.validation.openAPIV3Schema"

@Suite struct DefinitionTests {
  @Test("A sound definition is accepted")
  func sound() throws {
    #expect(CRDValidation.errors(try Samples.crd(Samples.gadgetSchema, scale: true)).map(\.description) == [])
  }

  @Test(
    "A schema that is not structural is refused",
    arguments: [
      (#"{"properties": {}}"#, "\(place).type: Required value: must not be empty at the root"),
      (
        #"{"type": "object", "properties": {"a": {}}}"#,
        "\(place).properties[a].type: Required value: must not be empty for specified object fields"
      ),
      (
        #"{"type": "object", "properties": {"a": {"type": "array"}}}"#,
        "\(place).properties[a].items: Required value: must be specified"
      ),
      (
        #"{"type": "object", "properties": {"a": {"type": "text"}}}"#,
        #"\#(place).properties[a].type: Unsupported value: "text": supported values: "array", "boolean", "integer", "number", "object", "string""#
      ),
      (
        #"{"type": "object", "properties": {"a": {"type": "string", "default": 5}}}"#,
        #"\#(place).properties[a].default: Invalid value: "integer": must be of type string: "integer""#
      ),
      (
        #"{"type": "object", "properties": {"a": {"type": "array", "items": {"type": "object", "properties": {"k": {"type": "string"}}}, "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["k"]}}}"#,
        "\(place).properties[a].items.properties[k].default: Required value: this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property"
      ),
      (
        #"{"type": "object", "properties": {"a": {"type": "object", "properties": {"b": {"type": "string"}}, "additionalProperties": {"type": "string"}}}}"#,
        "\(place).properties[a].additionalProperties: Forbidden: additionalProperties and properties are mutual exclusive"
      ),
    ])
  func structure(schema: String, expected: String) throws {
    #expect(CRDValidation.errors(try Samples.crd(schema)).map(\.description) == [expected])
  }

  @Test(
    "A rule that cannot work is refused when the definition is made",
    arguments: [
      ("self.y > 1", "ERROR: <input>:1:5: undefined field 'y'\n | self.y > 1\n | ....^"),
      ("slef.x > 1", "ERROR: <input>:1:1: undeclared reference to 'slef' (in container '')\n | slef.x > 1\n | ^"),
      ("self.x >", "ERROR: <input>:1:9: Syntax error: mismatched input '<EOF>'\n | self.x >\n | ........^"),
      (
        "self.x == 'a'",
        "ERROR: <input>:1:8: found no matching overload for '_==_' applied to '(int, string)'\n | self.x == 'a'\n | .......^"
      ),
      (
        "self.x.size() > 1",
        "ERROR: <input>:1:12: found no matching overload for 'size' applied to 'int.()'\n | self.x.size() > 1\n | ...........^"
      ),
    ])
  func rules(rule: String, expected: String) throws {
    let schema = """
      {"type": "object", "properties": {"spec": {"type": "object", "properties": {"x": {"type": "integer"}},
       "x-kubernetes-validations": [{"rule": "\(rule)"}]}}}
      """
    let errors = CRDValidation.errors(try Samples.crd(schema))
    #expect(errors.map(\.path) == ["\(place).properties[spec].x-kubernetes-validations[0].rule"])
    #expect(errors.map(\.detail) == ["compilation failed: \(expected)"])
  }

  @Test("A rule must say yes or no")
  func notBoolean() throws {
    let schema =
      #"{"type": "object", "properties": {"x": {"type": "integer", "x-kubernetes-validations": [{"rule": "self + 1"}]}}}"#
    #expect(CRDValidation.errors(try Samples.crd(schema)).map(\.detail) == ["cel expression must evaluate to a bool"])
  }

  @Test("Names of a definition must agree")
  func names() throws {
    var crd = try Samples.crd(Samples.gadgetSchema)
    crd[path: "metadata", "name"] = "other"
    #expect(
      CRDValidation.errors(crd).map(\.description) == [
        #"metadata.name: Invalid value: "other": must be spec.names.plural+"."+spec.group"#
      ])
  }
}
