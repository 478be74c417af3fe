import JSON

/// One column of `kubectl get`, as a CRD's `additionalPrinterColumns` declares it.
struct PrinterColumn: Sendable, Hashable {
  let name: String
  let type: String
  var format = ""
  var description = ""
  var priority: Int64 = 0
  /// Relative to the object, such as `.spec.size`.
  let path: String

  init(_ json: JSONValue) {
    name = json["name"]?.string ?? ""
    type = json["type"]?.string ?? "string"
    format = json["format"]?.string ?? ""
    description = json["description"]?.string ?? ""
    priority = json["priority"]?.integer ?? 0
    path = json["jsonPath"]?.string ?? ""
  }

  /// What a CRD without columns shows.
  static let age = PrinterColumn([
    "name": "Age", "type": "date", "jsonPath": ".metadata.creationTimestamp",
    "description": .string(
      "CreationTimestamp is a timestamp representing the server time when this object was created. It is not "
        + "guaranteed to be set in happens-before order across separate operations."),
  ])
}
