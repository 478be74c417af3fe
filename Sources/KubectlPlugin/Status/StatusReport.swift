import CRDTypes
import FoundationEssentials
import JSON

/// Objects of the four kinds with what is not fine about them, ready to be printed.
struct StatusReport: Sendable {
  struct Section: Sendable {
    let definition: ResourceDefinition
    let objects: [DynamicObject]
  }

  var sections: [Section]
  /// Whether objects are from several namespaces.
  var showsNamespace: Bool
  var now: Date

  /// A table for each kind that has objects, and below it what is not fine.
  func table() -> String {
    let shown = sections.filter { !$0.objects.isEmpty }
    guard !shown.isEmpty else { return "No objects found." }
    return shown.map { text(of: $0) }.joined(separator: "\n\n")
  }

  private func text(of section: Section) -> String {
    let definition = section.definition
    var lines = [definition.type.plural.uppercased()]
    var header = (showsNamespace ? ["NAMESPACE", "NAME"] : ["NAME"]) + definition.columns.map { $0.name.uppercased() }
    var rows = section.objects.map { object in
      (showsNamespace ? [object.namespace ?? "", object.name] : [object.name])
        + definition.columns.map { $0.cell(of: object, at: now) }
    }
    // A column that says nothing of any object is left out: on a narrow terminal every column counts.
    for column in header.indices.reversed() where rows.allSatisfy({ $0[column].isEmpty }) {
      header.remove(at: column)
      for row in rows.indices { rows[row].remove(at: column) }
    }
    lines += TextTable(header, rows).lines
    for object in section.objects {
      let name = showsNamespace ? object.key.description : object.name
      for concern in Concern.all(of: object) {
        lines.append("")
        lines += Self.lines(of: concern, about: object, named: name, of: definition)
      }
    }
    return lines.joined(separator: "\n")
  }

  private static func lines(
    of concern: Concern, about object: DynamicObject, named name: String, of definition: ResourceDefinition
  ) -> [String] {
    let conditions = concern.conditions.isEmpty ? "" : " (\(concern.conditions.joined(separator: ", ")))"
    var lines = ["  \(concern.level.name): \(name): \(concern.reason)\(conditions)"]
    // A message may end with lines of a log.
    lines += concern.message.split(whereSeparator: \.isNewline).map { "    \($0)" }
    if let advice = Advice.text(for: concern, about: object, of: definition) { lines.append("    -> \(advice)") }
    return lines
  }

  /// The same for programs: a list of objects, each with its cells and concerns.
  func json() -> JSONValue {
    let items = sections.flatMap { section in
      section.objects.map { object -> JSONValue in
        let concerns = Concern.all(of: object)
        var columns: JSONObject = [:]
        for column in section.definition.columns {
          guard let value = ColumnPath(column.path)?.value(in: object.json), !value.isNull else { continue }
          columns[column.name] = value
        }
        return .compact([
          "kind": .string(section.definition.type.kind), "namespace": object.namespace.map(JSONValue.string),
          "name": .string(object.name), "level": .string(concerns.map(\.level).max()?.name ?? "fine"),
          "columns": .object(columns),
          "concerns": .array(
            concerns.map { concern in
              .compact([
                "level": .string(concern.level.name), "conditions": JSONValue(concern.conditions),
                "reason": .string(concern.reason), "message": .string(concern.message),
                "advice": Advice.text(for: concern, about: object, of: section.definition).map(JSONValue.string),
              ])
            }),
        ])
      }
    }
    return ["items": .array(items)]
  }
}
