import FoundationEssentials
import JSON

/// One entry of `metadata.managedFields`.
struct ManagedFieldsEntry: Sendable, Hashable {
  enum Operation: String, Sendable { case apply = "Apply", update = "Update" }

  var manager: String
  var operation: Operation
  var apiVersion: String
  var time: String?
  var subresource: String
  var fields: FieldSet

  /// Whether both entries are the same manager's: one that applies is the same for every version.
  func isSameManager(as other: ManagedFieldsEntry) -> Bool {
    manager == other.manager && operation == other.operation && subresource == other.subresource
      && (operation == .apply || apiVersion == other.apiVersion)
  }

  /// As conflict messages name the manager.
  var description: String {
    var text = "\"\(manager)\""
    if !subresource.isEmpty { text += " with subresource \"\(subresource)\"" }
    if operation == .update { text += " using \(apiVersion)" }
    return text
  }
}

/// Who owns which fields of an object: `metadata.managedFields`.
struct ManagedFields: Sendable, Hashable {
  var entries: [ManagedFieldsEntry] = []

  init() {}

  init(_ json: JSONValue?) {
    entries = (json?.array ?? []).compactMap { entry in
      guard let operation = (entry["operation"]?.string).flatMap(ManagedFieldsEntry.Operation.init(rawValue:)) else {
        return nil
      }
      return ManagedFieldsEntry(
        manager: entry["manager"]?.string ?? "", operation: operation, apiVersion: entry["apiVersion"]?.string ?? "",
        time: entry["time"]?.string, subresource: entry["subresource"]?.string ?? "",
        fields: FieldSet(entry["fieldsV1"] ?? .null))
    }
  }

  /// In upstream's order: who applies before who updates, then by age.
  var json: JSONValue? {
    if entries.isEmpty { return nil }
    let sorted = entries.sorted { left, right in
      (left.operation.rawValue, left.time ?? "", left.manager, left.apiVersion, left.subresource)
        < (right.operation.rawValue, right.time ?? "", right.manager, right.apiVersion, right.subresource)
    }
    return .array(
      sorted.map { entry in
        .compact([
          "manager": .string(entry.manager), "operation": .string(entry.operation.rawValue),
          "apiVersion": .string(entry.apiVersion), "time": entry.time.map(JSONValue.string),
          "subresource": entry.subresource.isEmpty ? nil : .string(entry.subresource), "fieldsType": "FieldsV1",
          "fieldsV1": entry.fields.json,
        ])
      })
  }

  /// The managers of an object that is written: what the request says, an explicit reset (`[{}]`), or what the live
  /// object has.
  static func ofWrite(live: JSONValue?, new: JSONValue, isSubresource: Bool) -> ManagedFields {
    let current = ManagedFields(live?[meta: "managedFields"])
    if isSubresource { return current }
    let given = new[meta: "managedFields"]
    if let list = given?.array, list.count == 1, list[0].object?.isEmpty == true { return ManagedFields() }
    let stated = ManagedFields(given)
    return stated.entries.isEmpty ? current : stated
  }
}
