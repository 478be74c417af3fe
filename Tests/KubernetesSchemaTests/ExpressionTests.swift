import JSON
import KubernetesSchema
import Testing

@Suite struct ExpressionTests {
  @Test(
    "Expressions have the values that the specification gives them",
    arguments: [
      ("1 + 2 * 3 == 7", true), ("(1 + 2) * 3 == 9", true), ("7 / 2 == 3 && 7 % 2 == 1", true), ("-7 / 2 == -3", true),
      ("1 < 2.5 && 2u > 1", true), ("'a' + 'b' == 'ab'", true), ("[1, 2] + [3] == [1, 2, 3]", true),
      ("{'a': 1}['a'] == 1", true), ("'a' in {'a': 1}", true), ("2 in [1, 2]", true), ("3 in [1, 2]", false),
      ("true || 1 / 0 == 1", true), ("1 / 0 == 1 || true", true), ("false && 1 / 0 == 1", false),
      ("1 / 0 == 1 && false", false), ("1 > 2 ? 'x' == 'y' : true", true), ("!(1 == 2)", true),
      ("[1, 2, 3].all(x, x > 0)", true), ("[1, 2, 3].exists(x, x == 2)", true),
      ("[1, 2, 2].exists_one(x, x == 2)", false), ("[1, 2, 3].map(x, x * 2) == [2, 4, 6]", true),
      ("[1, 2, 3].map(x, x > 1, x * 2) == [4, 6]", true), ("[1, 2, 3].filter(x, x > 1) == [2, 3]", true),
      ("{'a': 1, 'b': 2}.all(k, k < 'c')", true), ("[10, 20].all(i, v, v == (i + 1) * 10)", true),
      ("size('héllo') == 5 && [1].size() == 1 && size({}) == 0", true),
      ("'hello'.startsWith('he') && 'hello'.endsWith('lo') && 'hello'.contains('ell')", true),
      ("'abc-1'.matches('^[a-z]+-[0-9]$')", true), ("'ABC'.lowerAscii() == 'abc' && 'abc'.upperAscii() == 'ABC'", true),
      ("'a,b,c'.split(',') == ['a', 'b', 'c']", true), ("'a,b,c'.split(',', 2) == ['a', 'b,c']", true),
      ("'a.b.c'.replace('.', '-') == 'a-b-c'", true), ("'a.b.c'.replace('.', '-', 1) == 'a-b.c'", true),
      ("'hello'.substring(1, 3) == 'el' && 'hello'.substring(2) == 'llo'", true), ("'  a '.trim() == 'a'", true),
      ("['a', 'b'].join('-') == 'a-b'", true), ("'hello'.indexOf('l') == 2 && 'hello'.lastIndexOf('l') == 3", true),
      ("'hello'.charAt(1) == 'e'", true), ("'a1b22'.find('[0-9]+') == '1'", true),
      ("'a1b22'.findAll('[0-9]+') == ['1', '22']", true),
      ("int('12') == 12 && double('1.5') == 1.5 && string(3) == '3' && int(2.9) == 2", true),
      ("duration('1h30m') == duration('90m') && duration('90s').getMinutes() == 1", true),
      ("timestamp('2026-01-02T03:04:05Z').getFullYear() == 2026", true),
      ("timestamp('2026-01-02T03:04:05Z') - timestamp('2026-01-01T03:04:05Z') == duration('24h')", true),
      ("timestamp('2026-01-04T00:00:00Z').getDayOfWeek() == 0", true),
      ("string(timestamp('2024-02-29T12:00:00.5+01:00')) == '2024-02-29T11:00:00.5Z'", true),
      ("[1, 2, 3].isSorted() && ![3, 1].isSorted()", true), ("[1, 2, 3].sum() == 6", true),
      ("[3, 1, 2].min() == 1 && [3, 1, 2].max() == 3", true), ("[1, 2, 1].indexOf(1) == 0", true),
      ("[1, 2, 1].lastIndexOf(1) == 2", true),
      ("isQuantity('1Gi') && !isQuantity('1 Gi')", true), ("quantity('1Gi').isGreaterThan(quantity('1G'))", true),
      ("quantity('500m').add(quantity('0.5')).compareTo(quantity('1')) == 0", true),
      ("type(1) == int && type('a') == string", true), ("r'\\d' == '\\\\d'", true), ("\"\\u00e9\" == 'é'", true),
      ("0x1F == 31", true), ("optional.of(1).orValue(2) == 1 && optional.none().orValue(2) == 2", true),
      ("{'a': 1}[?'b'].orValue(5) == 5", true), ("has({'a': 1}.a) && !has({'a': 1}.b)", true),
      ("cel.bind(x, 3, x * x) == 9", true), ("1 == 1.0 && 1u == 1", true), ("[1, 2].reverse() == [2, 1]", true),
      ("'2' < '10'", false), ("b'abc' == bytes('abc')", true), ("3 == 4 ? true : false // no", false),
    ])
  func values(text: String, expected: Bool) throws {
    #expect(try CELProgram(text).evaluate([:]) == .bool(expected))
  }

  @Test(
    "Expressions without a value say why",
    arguments: [
      ("1 / 0 == 1", "division by zero"), ("[1][2] == 1", "index out of bounds: 2"),
      ("{'a': 1}['b'] == 1", "no such key: b"), ("{'a': 1}.b == 1", "no such key: b"),
      ("9223372036854775807 + 1 > 0", "integer overflow"), ("1 + 'a' == 2", "no such overload"),
      ("'a'.matches('(')", "error parsing regexp: missing closing ): `(`"),
    ])
  func failures(text: String, expected: String) throws {
    #expect(throws: CELError(expected)) { try CELProgram(text).evaluate([:]) }
  }

  private static func errors(
    rule: JSONValue, property: String = #""x": {"type": "integer"}"#, new: String, old: String? = nil
  ) throws -> [String] {
    let schema = """
      {"type": "object", "properties": {"spec": {"type": "object", "properties": {\(property)},
       "x-kubernetes-validations": [\(rule.text())]}}}
      """
    let kind = try Samples.kind(schema)
    let object = try Samples.gadget(new)
    guard let old else { return kind.validateCreate(object).map(\.description) }
    return kind.validateUpdate(object, old: try Samples.gadget(old)).map(\.description)
  }

  @Test("A rule that fails says its message, its expression, or what messageExpression makes")
  func messages() throws {
    let shown = "spec: Invalid value: "
    #expect(try Self.errors(rule: ["rule": "self.x > 5"], new: #"{"x": 1}"#) == [shown + "failed rule: self.x > 5"])
    #expect(
      try Self.errors(rule: ["rule": "self.x > 5", "message": "too small"], new: #"{"x": 1}"#) == [shown + "too small"])
    let computed: JSONValue = ["rule": "self.x > 5", "messageExpression": "'x is ' + string(self.x)"]
    #expect(try Self.errors(rule: computed, new: #"{"x": 1}"#) == [shown + "x is 1"])
    let placed: JSONValue = ["rule": "self.x > 5", "fieldPath": ".x", "reason": "FieldValueForbidden", "message": "no"]
    #expect(try Self.errors(rule: placed, new: #"{"x": 1}"#) == ["spec.x: Forbidden: no"])
    #expect(try Self.errors(rule: ["rule": "self.x > 5"], new: #"{"x": 6}"#) == [])
    #expect(
      try Self.errors(rule: ["rule": "10 / self.x > 1"], new: #"{"x": 0}"#)
        == [#"spec: Invalid value: "object": "# + "division by zero evaluating rule: 10 / self.x > 1"])
  }

  @Test("Transition rules compare with the old value, and run on updates only")
  func transitions() throws {
    let rule: JSONValue = ["rule": "self.x >= oldSelf.x", "message": "x may not shrink"]
    #expect(try Self.errors(rule: rule, new: #"{"x": 1}"#) == [])
    #expect(
      try Self.errors(rule: rule, new: #"{"x": 1}"#, old: #"{"x": 2}"#)
        == ["spec: Invalid value: x may not shrink"])
    let optional: JSONValue = [
      "rule": "!oldSelf.hasValue() || self.x == oldSelf.value().x", "optionalOldSelf": true, "message": "fixed",
    ]
    #expect(try Self.errors(rule: optional, new: #"{"x": 1}"#) == [])
    #expect(try Self.errors(rule: optional, new: #"{"x": 1}"#, old: #"{"x": 2}"#).count == 1)
  }

  @Test("Rules reach escaped names, formats and optional fields")
  func fields() throws {
    let property = """
      "namespace": {"type": "string"}, "a-b": {"type": "integer"}, "at": {"type": "string", "format": "date-time"},
      "wait": {"type": "string", "format": "duration"}, "port": {"x-kubernetes-int-or-string": true},
      "labels": {"type": "object", "additionalProperties": {"type": "string"}}
      """
    let rule: JSONValue = [
      "rule": .string(
        "self.__namespace__ == 'n' && self.a__dash__b == 2 && self.at < timestamp('2027-01-01T00:00:00Z') && "
          + "self.wait > duration('1s') && (type(self.port) == int || self.port == 'http') && !has(self.missing) "
          + "&& 'k' in self.labels && self.labels.all(k, k == 'k')")
    ]
    let object =
      #"{"namespace": "n", "a-b": 2, "at": "2026-01-01T00:00:00Z", "wait": "2s", "port": 80, "labels": {"k": "v"}}"#
    let withMissing = property + #", "missing": {"type": "string"}"#
    #expect(try Self.errors(rule: rule, property: withMissing, new: object) == [])
  }

  @Test("A rule on a simple value shows the value")
  func scalar() throws {
    let kind = try Samples.kind(
      #"{"type": "object", "properties": {"spec": {"type": "object", "properties": {"x": {"type": "integer", "x-kubernetes-validations": [{"rule": "self % 2 == 0", "message": "must be even"}]}}}}}"#
    )
    #expect(
      kind.validateCreate(try Samples.gadget(#"{"x": 3}"#)).map(\.description)
        == ["spec.x: Invalid value: 3: must be even"])
  }

  @Test("Rules wait until the object has the right shape")
  func blocked() throws {
    let errors = try Self.errors(rule: ["rule": "self.x > 5"], new: #"{"x": "a"}"#)
    #expect(
      errors.contains(
        #"<nil>: Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation"#
      ))
  }
}
