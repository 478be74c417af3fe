import CRDTypes
import Testing

@Suite("CEL rules")
struct RuleTests {
  static let rules = SchemaNode.everything.flatMap { node in node.schema.rules.map { (node, $0) } }

  @Test("There are rules, and each has a message that says what to do")
  func messages() {
    #expect(Self.rules.count > 60)
    for (node, rule) in Self.rules {
      #expect(rule.message.count > 20 && rule.message.count < 250, "\(node): \(rule.message)")
      #expect(!rule.message.contains("\n") && rule.message.last != ".", "\(node): \(rule.message)")
    }
  }

  @Test("Brackets and quotes of every rule are balanced, and it is one line")
  func balanced() {
    for (node, rule) in Self.rules {
      var open: [Character] = []
      var isQuoted = false
      for character in rule.rule {
        switch character {
        case "'": isQuoted.toggle()
        case _ where isQuoted: break
        case "(", "[": open.append(character)
        case ")": #expect(open.popLast() == "(", "\(node): \(rule.rule)")
        case "]": #expect(open.popLast() == "[", "\(node): \(rule.rule)")
        default: break
        }
      }
      #expect(open.isEmpty && !isQuoted, "\(node): \(rule.rule)")
    }
  }

  @Test("Every field that a rule reads from self or oldSelf exists")
  func fieldsExist() throws {
    let reference = try Regex(#"\b(?:self|oldSelf)((?:\.[A-Za-z_]+\b(?!\())+)"#, as: (Substring, Substring).self)
    var found = 0
    for (node, rule) in Self.rules {
      for match in rule.rule.matches(of: reference) {
        let names = match.output.1.split(separator: ".").map(String.init)
        // The API server gives rules of the whole object its name.
        if names == ["metadata", "name"] { continue }
        var schema: Schema? = node.schema
        for name in names { schema = schema?.member(name)?.schema }
        #expect(schema != nil, "\(node): \(match.output.0) in \(rule.rule)")
        found += 1
      }
      if let field = rule.field { #expect(node.schema.member(field) != nil, "\(node): \(field)") }
    }
    #expect(found > 150)
  }

  @Test("No rule uses a reserved word of CEL as a field")
  func reservedWords() throws {
    // https://github.com/google/cel-spec/blob/master/doc/langdef.md, RESERVED and the literals.
    let words = "in as break const continue else for function if import let loop package namespace return var void "
      + "while true false null"
    let reserved = try Regex(#"\.(\#(words.split(separator: " ").joined(separator: "|")))\b"#)
    for (node, rule) in Self.rules {
      #expect(rule.rule.firstMatch(of: reserved) == nil, "\(node): \(rule.rule)")
    }
  }

  @Test("No optional field is read without a test that it is there")
  func optionalFieldsAreTested() throws {
    let reference = try Regex(#"\bself((?:\.[A-Za-z_]+\b(?!\())+)"#, as: (Substring, Substring).self)
    for (node, rule) in Self.rules {
      for match in rule.rule.matches(of: reference) {
        let names = match.output.1.split(separator: ".").map(String.init)
        var schema: Schema? = node.schema
        var path = "self"
        for name in names {
          path += ".\(name)"
          guard let field = schema?.member(name) else { break }
          schema = field.schema
          if !field.isRequired { #expect(rule.rule.contains("has(\(path))"), "\(node): \(path) in \(rule.rule)") }
        }
      }
    }
  }

  @Test("Edits of a sweep that would break comparability are refused, and no others are")
  func comparability() {
    let refused = TrainingSweep.definition.spec.rules.filter { $0.reason == .forbidden }
    #expect(
      Set(refused.compactMap(\.field)) == [
        "objective", "objectives", "constraints", "parameters", "search", "crossValidation", "nodes", "featureSet",
        "template", "tracking",
      ])
    for rule in refused { #expect(rule.message.hasSuffix("; create a new sweep"), "\(rule.message)") }
    let transitions = Self.rules.filter { $0.1.rule.contains("oldSelf") }
    #expect(transitions.allSatisfy { $0.1.reason == .forbidden })
    #expect(transitions.count == refused.count + 1)
  }
}
