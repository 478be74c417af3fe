import JSON

/// The status of a CustomResourceDefinition.
enum DefinitionStatus {
  /// Names accepted and the kind established, at once: nothing here needs time to be served.
  static func status(of crd: JSONValue, isServed: Bool, now: String) -> JSONValue {
    let versions = crd[path: "spec", "versions"]?.array ?? []
    let storage = versions.first { $0["storage"]?.bool == true }?["name"]?.string
    var stored = crd[path: "status", "storedVersions"]?.array?.compactMap(\.string) ?? []
    if let storage, !stored.contains(storage) { stored.append(storage) }
    let old = crd[path: "status", "conditions"]?.array ?? []
    func condition(_ type: String, _ reason: String, _ message: String) -> JSONValue {
      let status: JSONValue = isServed || type == "NamesAccepted" ? "True" : "False"
      let before = old.first { $0["type"]?.string == type }
      let since = before?["status"] == status ? before?["lastTransitionTime"] : nil
      return [
        "type": .string(type), "status": status, "reason": .string(reason), "message": .string(message),
        "lastTransitionTime": since ?? .string(now),
      ]
    }
    return [
      "acceptedNames": crd[path: "spec", "names"] ?? [:], "storedVersions": JSONValue(stored),
      "conditions": [
        condition("NamesAccepted", "NoConflicts", "no conflicts found"),
        condition(
          "Established", isServed ? "InitialNamesAccepted" : "NotServed",
          isServed ? "the initial names have been accepted" : "no version can be served"),
      ],
    ]
  }
}
