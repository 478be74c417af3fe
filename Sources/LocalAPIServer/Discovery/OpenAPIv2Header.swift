/// The OpenAPI v2 document in protocol buffers, without paths or definitions.
///
/// kubectl reads it only for kinds that the v3 documents lack, to learn that nothing is known of them; everything that
/// is known is in the v3 documents, and in the JSON form of this one.
enum OpenAPIv2Header {
  static let contentType = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf"

  /// `Document{swagger: "2.0", info: {title, version}, paths: {}, definitions: {}}` (gnostic's OpenAPIv2.proto).
  static let bytes: [UInt8] = {
    func field(_ number: UInt8, _ content: [UInt8]) -> [UInt8] { [number << 3 | 2, UInt8(content.count)] + content }
    let info = field(1, Array("Kubernetes".utf8)) + field(2, Array("v1.36.0".utf8))
    return field(1, Array("2.0".utf8)) + field(2, info) + field(8, []) + field(9, [])
  }()
}
