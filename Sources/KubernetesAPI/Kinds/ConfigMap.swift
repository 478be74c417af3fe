public import CRDTypes
import FoundationEssentials

extension Core {
  public struct ConfigMap: KubernetesResource, Hashable {
    public static var type: ResourceType { .configMap }

    public var metadata: ObjectMeta
    public var data: [String: String]?
    /// Base64.
    public var binaryData: [String: String]?
    public var immutable: Bool?

    public init(metadata: ObjectMeta, data: [String: String]? = nil) {
      self.metadata = metadata
      self.data = data
    }
  }

  /// A secret. Its printed form names the keys only.
  public struct Secret: KubernetesResource, Hashable, CustomStringConvertible, CustomReflectable {
    public static var type: ResourceType { .secret }

    public var metadata: ObjectMeta
    /// `Opaque`, `kubernetes.io/tls` and others.
    public var secretType: String?
    /// Base64; ``value(_:)`` decodes it.
    public var data: [String: String]?
    /// Plain text for writing; a server moves it into `data`.
    public var stringData: [String: String]?
    public var immutable: Bool?

    enum CodingKeys: String, CodingKey {
      case metadata, data, stringData, immutable
      case secretType = "type"
    }

    public init(metadata: ObjectMeta, stringData: [String: String]? = nil) {
      self.metadata = metadata
      self.stringData = stringData
    }

    /// The decoded bytes of a key; nil where there is none or it is not base64.
    public func bytes(_ key: String) -> [UInt8]? {
      data?[key].flatMap { Data(base64Encoded: $0) }.map(Array.init)
    }

    /// The decoded text of a key; nil where there is none or it is not UTF-8.
    public func value(_ key: String) -> String? {
      bytes(key).flatMap { String(validating: $0, as: UTF8.self) }
    }

    public var description: String {
      "Secret \(key) with the keys \((data ?? [:]).keys.sorted().joined(separator: ", "))"
    }
    public var customMirror: Mirror { Mirror(self, children: []) }
  }
}
