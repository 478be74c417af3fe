import JSON

/// Rules of metadata that hold for every kind (`k8s.io/apimachinery/pkg/api/validation`).
enum ObjectMetaValidation {
  private static let path = FieldPath("metadata")

  static func create(_ object: JSONValue, isNamespaced: Bool, name rule: (String) -> [String]) -> [FieldError] {
    let meta = object["metadata"] ?? [:]
    var errors: [FieldError] = []
    if let prefix = meta["generateName"]?.string, !prefix.isEmpty {
      var stem = prefix
      if stem.hasSuffix("-") { stem = stem.dropLast() + "a" }
      errors += rule(stem).map { .invalid(path.child("generateName"), .string(prefix), $0) }
    }
    if let name = meta["name"]?.string, !name.isEmpty {
      errors += rule(name).map { .invalid(path.child("name"), .string(name), $0) }
    } else {
      errors.append(.required(path.child("name"), "name or generateName is required"))
    }
    let namespace = meta["namespace"]?.string ?? ""
    if isNamespaced {
      if namespace.isEmpty {
        errors.append(.required(path.child("namespace")))
      } else {
        errors += NameRule.label(namespace).map { .invalid(path.child("namespace"), .string(namespace), $0) }
      }
    } else if !namespace.isEmpty {
      errors.append(.forbidden(path.child("namespace"), "not allowed on this type"))
    }
    return errors + shared(meta, at: path)
  }

  static func update(_ new: JSONValue, old: JSONValue) -> [FieldError] {
    let meta = new["metadata"] ?? [:]
    let before = old["metadata"] ?? [:]
    var errors: [FieldError] = []
    for field in ["name", "namespace", "uid"] {
      guard let value = meta[field], value != "", value != before[field] else { continue }
      errors.append(.invalid(path.child(field), value, "field is immutable"))
    }
    if before["deletionTimestamp"] != nil {
      let known = Set((before["finalizers"]?.array ?? []).compactMap(\.string))
      let added = Set((meta["finalizers"]?.array ?? []).compactMap(\.string)).subtracting(known).sorted()
      if !added.isEmpty {
        let shown = "[]string{" + added.map(GoText.quoted).joined(separator: ", ") + "}"
        errors.append(
          .forbidden(
            path.child("finalizers"),
            "no new finalizers can be added if the object is being deleted, found new finalizers \(shown)"))
      }
    }
    return errors + shared(meta, at: path)
  }

  /// Labels, annotations, owners and finalizers.
  static func shared(_ meta: JSONValue, at path: FieldPath) -> [FieldError] {
    var errors = labels(meta["labels"], at: path.child("labels"))
    let annotations = path.child("annotations")
    var size = 0
    for (key, value) in (meta["annotations"]?.object ?? [:]).sorted(by: { $0.key < $1.key }) {
      errors += NameRule.qualifiedName(key.lowercased()).map { .invalid(annotations, .string(key), $0) }
      size += key.utf8.count + (value.string?.utf8.count ?? 0)
    }
    if size > 256 * 1024 { errors.append(.tooLong(annotations, 256 * 1024)) }
    errors += owners(meta["ownerReferences"]?.array ?? [], at: path.child("ownerReferences"))
    for finalizer in (meta["finalizers"]?.array ?? []).compactMap(\.string) {
      let field = path.child("finalizers")
      errors += NameRule.qualifiedName(finalizer).map { .invalid(field, .string(finalizer), $0) }
      if !finalizer.contains("/"), !["kubernetes", "orphan", "foregroundDeletion"].contains(finalizer) {
        errors.append(
          .invalid(
            field, .string(finalizer),
            "name is neither a standard finalizer name nor is it fully qualified"))
      }
    }
    return errors
  }

  static func labels(_ labels: JSONValue?, at path: FieldPath) -> [FieldError] {
    (labels?.object ?? [:]).sorted { $0.key < $1.key }.flatMap { key, value -> [FieldError] in
      let text = value.string ?? ""
      return NameRule.qualifiedName(key).map { .invalid(path, .string(key), $0) }
        + NameRule.labelValue(text).map { .invalid(path, .string(text), $0) }
    }
  }

  private static func owners(_ owners: [JSONValue], at path: FieldPath) -> [FieldError] {
    var errors: [FieldError] = []
    var controllers = 0
    for (index, owner) in owners.enumerated() {
      // Upstream points at the list, not at its element.
      _ = index
      for field in ["apiVersion", "kind", "name", "uid"] where owner[field]?.string?.isEmpty ?? true {
        let detail = field == "apiVersion" ? "version must not be empty" : "\(field) must not be empty"
        errors.append(.invalid(path.child(field), owner[field] ?? "", detail))
      }
      if owner["controller"] == true { controllers += 1 }
    }
    if controllers > 1 {
      errors.append(
        .invalid(
          path, .array(owners),
          "Only one reference can have Controller set to true. Found \"true\" in references for \(controllers) owners"))
    }
    return errors
  }
}
