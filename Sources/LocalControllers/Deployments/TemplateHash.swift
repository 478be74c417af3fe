import JSON

/// The `pod-template-hash` of a Deployment's pod template: FNV-1a over its canonical JSON, in the alphabet of
/// Kubernetes' safe names (no vowels, so that no words appear).
enum TemplateHash {
  static let alphabet = Array("bcdfghjklmnpqrstvwxz2456789")

  /// - Parameter collisions: how often a name that was made of the hash was taken already; each gives another hash.
  static func of(_ template: JSONValue, collisions: Int = 0) -> String {
    var hash: UInt32 = 2_166_136_261
    for byte in template.bytes() + (collisions > 0 ? Array(String(collisions).utf8) : []) {
      hash ^= UInt32(byte)
      hash = hash &* 16_777_619
    }
    let digits = String(hash)
    let padded = String(repeating: "0", count: 10 - digits.count) + digits
    return String(padded.utf8.map { alphabet[Int($0) % alphabet.count] })
  }
}
