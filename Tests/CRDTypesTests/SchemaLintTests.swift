import CRDTypes
import JSON
import Testing

@Suite("What every field of the schemas must have")
struct SchemaLintTests {
  @Test("Every field has a description that is a sentence")
  func descriptions() {
    for node in SchemaNode.everything {
      let text = node.schema.description
      #expect(text.count > 3 && text.last == "." && text.first?.isLowercase != true, "\(node): \(text)")
      #expect(!text.contains("  ") && !text.contains("\n"), "\(node): \(text)")
    }
  }

  @Test("Every list, map and string is bounded, so that the cost of rules is")
  func bounds() {
    for node in SchemaNode.everything {
      switch node.schema.shape {
      case .list(_, let least, let most, _): #expect(most > 0 && most <= 500 && least <= most, "\(node)")
      case .map(_, let most): #expect(most > 0 && most <= 100, "\(node)")
      case .string(let bounds):
        #expect(bounds.maxLength > 0 && bounds.minLength <= bounds.maxLength, "\(node)")
      case .integer(let bounds): #expect(bounds.minimum < bounds.maximum, "\(node)")
      case .object(let fields): #expect(!fields.isEmpty, "\(node)")
      case .boolean, .anyObject: break
      }
    }
  }

  @Test("Every node of the manifests has a type, and nothing that structural schemas forbid")
  func structural() throws {
    for definition in ResourceDefinition.all {
      let versions = try #require(definition.document[path: "spec", "versions"]?.array)
      let root = try #require(versions.first?[path: "schema", "openAPIV3Schema"])
      check(root, definition.type.kind)
    }

    func check(_ node: JSONValue, _ path: String) {
      #expect(node["type"]?.string != nil, "\(path) has no type")
      if node["properties"] != nil { #expect(node["additionalProperties"] == nil, "\(path)") }
      for key in ["$ref", "oneOf", "anyOf", "allOf", "not", "nullable"] { #expect(node[key] == nil, "\(path)") }
      for (name, child) in node["properties"]?.object ?? [:] { check(child, "\(path).\(name)") }
      if let child = node["items"] { check(child, "\(path)[]") }
      if let child = node["additionalProperties"] { check(child, "\(path){}") }
    }
  }

  @Test("The keys of named lists are required strings without a default")
  func listKeys() {
    for node in SchemaNode.everything {
      guard case .list(let element, _, _, .map(let key)) = node.schema.shape else { continue }
      let field = element.member(key)
      #expect(field?.isRequired == true && field?.schema.default == nil, "\(node)")
    }
  }

  @Test("A field with a default is optional, and the default fits the field")
  func defaults() {
    for node in SchemaNode.everything {
      guard let value = node.schema.default else { continue }
      #expect(!node.isRequired, "\(node)")
      switch node.schema.shape {
      case .string(let bounds):
        let text = value.string ?? ""
        #expect(bounds.choices.isEmpty ? (1...bounds.maxLength).contains(text.count) : bounds.choices.contains(text))
        if let pattern = bounds.pattern, let regex = try? Regex(pattern) {
          #expect((try? regex.wholeMatch(in: text)) != nil, "\(node): \(text)")
        }
      case .integer(let bounds):
        #expect(value.integer.map { (bounds.minimum...bounds.maximum).contains($0) } == true, "\(node)")
      case .boolean: #expect(value.bool != nil, "\(node)")
      case .object: #expect(value == [:], "\(node)")
      default: Issue.record("\(node) cannot have a default")
      }
    }
  }

  @Test("Every pattern is a valid expression")
  func patterns() throws {
    for node in SchemaNode.everything {
      guard case .string(let bounds) = node.schema.shape, let pattern = bounds.pattern else { continue }
      #expect(pattern.hasPrefix("^") && pattern.hasSuffix("$"), "\(node)")
      _ = try Regex(pattern)
    }
  }

  @Test("A manifest has the names, the category, the status subresource and an age column")
  func manifests() throws {
    let short = ["TrainingSweep": "sweep", "ModelDeployment": "mdep", "ABExperiment": "abx", "FeatureSet": "fset"]
    #expect(ResourceDefinition.all.count == 4)
    for definition in ResourceDefinition.all {
      let document = definition.document
      let names = try #require(document[path: "spec", "names"])
      #expect(names["shortNames"] == [.string(short[definition.type.kind] ?? "")])
      #expect(names["categories"] == ["martlet"])
      #expect(document[path: "metadata", "name"] == .string("\(definition.type.plural).martlet.dev"))
      let version = try #require(document[path: "spec", "versions"]?[0])
      #expect(version["name"] == "v1alpha1")
      #expect(version[path: "subresources", "status"] == [:])
      #expect((version[path: "subresources", "scale"] != nil) == (definition.type.kind == "ModelDeployment"))
      let columns = version["additionalPrinterColumns"]?.array ?? []
      #expect((6...10).contains(columns.count))
      #expect(columns.last?["name"] == "Age")
      #expect((5...7).contains(columns.filter { $0["priority"] == nil }.count))
    }
  }

  @Test("Printer columns and scale paths lead to fields that exist")
  func columnPaths() throws {
    for definition in ResourceDefinition.all {
      var paths = definition.columns.map(\.path)
      if let scale = definition.scale { paths += [scale.specReplicas, scale.statusReplicas, scale.selector] }
      for path in paths where !path.hasPrefix(".metadata.") && !path.contains("[?") {
        var node: Schema? = definition.schema
        for name in path.split(separator: ".") { node = node?.member(String(name))?.schema }
        #expect(node != nil, "\(definition.type.kind) \(path)")
      }
    }
  }
}
