import JSON

/// The parts of `metadata` that the server reads and writes, in place in the object's JSON.
extension JSONValue {
  /// One member of `metadata`.
  subscript(meta member: String) -> JSONValue? {
    get { self["metadata"]?[member] }
    set { self[path: "metadata", member] = newValue }
  }

  var name: String { self[meta: "name"]?.string ?? "" }
  var namespace: String? { self[meta: "namespace"]?.string }
  var uid: String { self[meta: "uid"]?.string ?? "" }
  var resourceVersion: String { self[meta: "resourceVersion"]?.string ?? "" }
  var labels: [String: String] { self[meta: "labels"]?.stringMap ?? [:] }
  var annotations: [String: String] { self[meta: "annotations"]?.stringMap ?? [:] }
  var finalizers: [String] { self[meta: "finalizers"]?.array?.compactMap(\.string) ?? [] }
  var isTerminating: Bool { self[meta: "deletionTimestamp"]?.string != nil }

  /// The object without `metadata.managedFields`.
  var withoutManagedFields: JSONValue {
    var copy = self
    copy[meta: "managedFields"] = nil
    return copy
  }

  /// The object as another version of its kind: the conversion of CRDs with strategy `None`.
  func served(apiVersion: String, kind: String) -> JSONValue {
    if self["apiVersion"]?.string == apiVersion, self["kind"]?.string == kind { return self }
    var copy = self
    copy["apiVersion"] = .string(apiVersion)
    copy["kind"] = .string(kind)
    return copy
  }
}
