import CRDTypes
import JSON

/// Labels of what the operator makes for a resource (the recommended labels of Kubernetes).
enum ChildLabels {
  static func make(
    name: String, instance: String, component: String, own: (key: String, value: String)
  ) -> [String: String] {
    [
      "app.kubernetes.io/name": name, "app.kubernetes.io/instance": labelValue(instance),
      "app.kubernetes.io/component": component, "app.kubernetes.io/part-of": "martlet",
      "app.kubernetes.io/managed-by": "martlet", own.key: labelValue(own.value),
    ]
  }

  /// Label values end at 63 characters; a longer name keeps its start and a hash of the whole.
  static func labelValue(_ name: String) -> String {
    name.utf8.count <= 63 ? name : "\(name.prefix(54))-\(ShortHash.of(name))"
  }
}

/// Eight hexadecimal digits of a text: FNV-1a, 32 bits.
enum ShortHash {
  static func of(_ text: String) -> String {
    var hash: UInt32 = 2_166_136_261
    for byte in text.utf8 { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }
}
