import FoundationEssentials
import JSON

/// One column of a table.
struct TableColumn: Sendable {
  let name: String
  var type = "string"
  var format = ""
  var priority: Int64 = 0
  var description = ""

  init(_ name: String, type: String = "string", wide: Bool = false) {
    self.name = name
    self.type = type
    format = name == "Name" ? "name" : ""
    priority = wide ? 1 : 0
  }

  init(_ column: PrinterColumn) {
    name = column.name
    type = column.type
    format = column.format
    priority = column.priority
    description = column.description
  }

  var json: JSONValue {
    [
      "name": .string(name), "type": .string(type), "format": .string(format), "description": .string(description),
      "priority": .integer(priority),
    ]
  }
}

/// How the objects of a kind become rows.
struct RowPrinter: Sendable {
  let columns: [TableColumn]
  let cells: @Sendable (JSONValue, Date) -> [JSONValue]

  init(_ columns: [TableColumn], _ cells: @escaping @Sendable (JSONValue, Date) -> [JSONValue]) {
    self.columns = columns
    self.cells = cells
  }

  /// What kinds without a printer of their own show.
  static let standard = RowPrinter([TableColumn("Name"), TableColumn("Created At", type: "date")]) { object, _ in
    [.string(object.name), object[meta: "creationTimestamp"] ?? ""]
  }
}

/// Makes the tables that `kubectl get` shows (`meta.k8s.io/v1` Table).
struct TablePrinter {
  private let printer: RowPrinter
  private let now: Date

  init(_ resource: Resource, now: Date) {
    self.now = now
    if let columns = resource.columns {
      printer = Self.custom(columns)
    } else {
      printer = BuiltinPrinters.all[resource.groupResource] ?? .standard
    }
  }

  private static func custom(_ columns: [PrinterColumn]) -> RowPrinter {
    let paths = columns.map { ColumnPath($0.path) }
    return RowPrinter([TableColumn("Name")] + columns.map(TableColumn.init)) { object, now in
      [.string(object.name)]
        + zip(columns, paths).map { cell($0.type, $1.values(in: object).first, now: now) }
    }
  }

  private static func cell(_ type: String, _ value: JSONValue?, now: Date) -> JSONValue {
    guard let value, !value.isNull else { return .null }
    switch type {
    case "integer": return value.double.map { .integer(Int64($0)) } ?? .null
    case "number": return value.double == nil ? .null : value
    case "boolean": return value.bool == nil ? .null : value
    case "date": return value.string.map { .string(HumanDuration.since($0, now: now)) } ?? .null
    default:
      if let text = value.string { return .string(text) }
      return .string(value.text())
    }
  }

  func table(_ objects: [JSONValue], metadata: JSONValue, _ options: Presentation.Options) -> JSONValue {
    [
      "kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": metadata,
      "columnDefinitions": .array(printer.columns.map(\.json)),
      "rows": .array(
        objects.map { object in
          let shown: JSONValue =
            switch options.includeObject {
            case .none: .null
            case .metadata: Presentation.partial(object)
            case .object: object
            }
          return ["cells": .array(printer.cells(object, now)), "object": shown]
        }),
    ]
  }
}
