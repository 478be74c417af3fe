import JSON
import KubernetesSchema

/// Keeps `metadata.managedFields` true for every write, and carries out server-side apply.
struct FieldManager {
  let schema: Schema
  let apiVersion: String
  /// The subresource of the request; empty for the object itself.
  let subresource: String
  /// Fields that a write cannot change here: they are nobody's.
  let reset: FieldSet
  /// The time of entries that change.
  let time: String

  /// What no manager owns: identity and what the server sets.
  private static let unowned: FieldSet = {
    var set = FieldSet(members: [.field("apiVersion"), .field("kind")])
    for member in [
      "name", "namespace", "creationTimestamp", "selfLink", "uid", "clusterName", "generation", "managedFields",
      "resourceVersion", "generateName",
    ] where member != "generateName" {
      set.insert([.field("metadata"), .field(member)])
    }
    return set
  }()

  private func stripped(_ set: FieldSet) -> FieldSet {
    var out = set.removing(subtrees: Self.unowned).removing(subtrees: reset)
    out.members.remove(.field("metadata"))
    return out
  }

  private func entry(_ manager: String, _ operation: ManagedFieldsEntry.Operation, _ fields: FieldSet)
    -> ManagedFieldsEntry
  {
    ManagedFieldsEntry(
      manager: manager, operation: operation, apiVersion: apiVersion, time: time, subresource: subresource,
      fields: fields)
  }

  /// The object with its managers after `manager` has written it by other means than apply.
  func update(live: JSONValue, to new: JSONValue, manager: String, managed: ManagedFields) -> JSONValue {
    let comparison = FieldComparison(
      from: live.withoutManagedFields, to: new.withoutManagedFields, schema: schema)
    var out = managed
    var own = entry(manager, .update, FieldSet())
    let before = managed.entries.first { $0.isSameManager(as: own) }
    own.fields = stripped(
      (before?.fields ?? FieldSet()).subtracting(comparison.removed).union(comparison.changed))
    if let before, before.fields == own.fields { own.time = before.time }
    let lost = comparison.changed.union(comparison.removed)
    out.entries = managed.entries.compactMap { entry in
      if entry.isSameManager(as: own) { return nil }
      var rest = entry
      rest.fields = entry.fields.subtracting(lost.subtracting(reset))
      return rest.fields.isEmpty ? nil : rest
    }
    if !own.fields.isEmpty { out.entries.append(own) }
    var result = new
    result[meta: "managedFields"] = out.json
    return result
  }

  /// The live object after `manager` applied a configuration: merged, without what it has given up, with its managers.
  func apply(_ config: JSONValue, to live: JSONValue, manager: String, force: Bool) throws -> JSONValue {
    let managed = ManagedFields(live[meta: "managedFields"])
    let current = live.withoutManagedFields
    let wanted = FieldSet.of(config, schema: schema)
    var own = entry(manager, .apply, stripped(wanted))
    let before = managed.entries.first { $0.isSameManager(as: own) }
    var others = managed.entries.filter { !$0.isSameManager(as: own) }

    var merged = TypedMerge.merge(current, config, schema: schema)
    if let before, !before.fields.isEmpty {
      merged = prune(merged, given: before.fields, kept: others.reduce(wanted) { $0.union($1.fields) })
    }
    let comparison = FieldComparison(from: current, to: merged, schema: schema)
    let changed = comparison.changed.subtracting(reset)
    var conflicts: [(ManagedFieldsEntry, FieldSet)] = []
    for index in others.indices {
      let taken = others[index].fields.intersection(changed)
      if !taken.isEmpty {
        conflicts.append((others[index], taken))
        others[index].fields = others[index].fields.subtracting(taken)
      }
      others[index].fields = others[index].fields.subtracting(comparison.removed)
    }
    if !force, !conflicts.isEmpty { throw ApplyConflicts(conflicts).error }
    others.removeAll { $0.fields.isEmpty }
    if let before, before.fields == own.fields { own.time = before.time }
    var out = ManagedFields()
    out.entries = own.fields.isEmpty ? others : others + [own]
    merged[meta: "managedFields"] = out.json
    return merged
  }

  /// Removes what the manager owned before and nobody owns now.
  private func prune(_ merged: JSONValue, given: FieldSet, kept: FieldSet) -> JSONValue {
    let owned = given.withNamedParents(schema)
    let rest = TypedMerge.removing(owned, from: merged, schema: schema) ?? .object([:])
    let stays = FieldSet.of(rest, schema: schema).withNamedParents(schema)
    let present = FieldSet.of(merged, schema: schema).withNamedParents(schema)
    let goes = present.subtracting(stays.union(kept.withNamedParents(schema))).intersection(owned)
    return TypedMerge.removing(goes, from: merged, schema: schema) ?? .object([:])
  }
}

/// Fields that others own and an apply would change.
struct ApplyConflicts {
  let conflicts: [(manager: ManagedFieldsEntry, path: String)]

  init(_ conflicts: [(ManagedFieldsEntry, FieldSet)]) {
    self.conflicts = conflicts.flatMap { entry, set in
      set.paths.map { (entry, $0.map(\.description).joined()) }
    }
  }

  private var message: String {
    if conflicts.count == 1, let only = conflicts.first {
      return "Apply failed with 1 conflict: conflict with \(only.manager.description): \(only.path)"
    }
    var lines: [String] = []
    for manager in Set(conflicts.map(\.manager)).sorted(by: { $0.description < $1.description }) {
      lines.append("conflicts with \(manager.description):")
      lines += conflicts.filter { $0.manager == manager }.map { "- \($0.path)" }
    }
    return "Apply failed with \(conflicts.count) conflicts: " + lines.joined(separator: "\n")
  }

  /// 409 with a cause for each field.
  var error: StatusError {
    let causes = conflicts.map { conflict -> JSONValue in
      [
        "reason": "FieldManagerConflict", "message": .string("conflict with \(conflict.manager.description)"),
        "field": .string(conflict.path),
      ]
    }
    return StatusError(code: 409, reason: "Conflict", message: message, details: ["causes": .array(causes)])
  }
}
