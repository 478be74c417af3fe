public import CRDTypes
import JSON

/// A built-in kind as a typed value: the fields that controllers read, nearly all of them optional.
///
/// Reading is lenient and keeps only the known fields, so these values are for reading and for building new objects;
/// an object that is changed and sent back stays a `DynamicObject`.
public protocol KubernetesResource: Sendable, Codable {
  /// The kind and its REST endpoint.
  static var type: ResourceType { get }

  var metadata: ObjectMeta { get set }
}

extension KubernetesResource {
  public var key: ObjectKey { metadata.key }
}

/// Why an object could not be read as a typed value.
public struct ObjectDecodingError: Error, Sendable, CustomStringConvertible {
  public let object: ObjectReference
  /// The field that does not fit, such as `spec.replicas`; empty where that is not known.
  public let field: String
  public let problem: String

  public var description: String {
    field.isEmpty ? "\(object): \(problem)" : "\(object): \(field): \(problem)"
  }
}

extension DynamicObject {
  /// The object as a custom resource.
  public func typed<Resource: CustomResource>(as resource: Resource.Type = Resource.self) throws -> Resource {
    try decoded(as: resource, type: Resource.type)
  }

  /// The object as a built-in kind.
  public func typed<Resource: KubernetesResource>(as resource: Resource.Type = Resource.self) throws -> Resource {
    try decoded(as: resource, type: Resource.type)
  }

  /// A custom resource as an object; members that are nil are absent.
  public init<Resource: CustomResource>(_ resource: Resource) throws {
    try self.init(encoding: resource, type: Resource.type)
  }

  /// A built-in kind as an object; members that are nil are absent.
  public init<Resource: KubernetesResource>(_ resource: Resource) throws {
    try self.init(encoding: resource, type: Resource.type)
  }

  private init(encoding value: some Encodable, type: ResourceType) throws {
    var json = try JSONValue(encoding: value)
    json["apiVersion"] = .string(type.apiVersion)
    json["kind"] = .string(type.kind)
    self.init(json)
  }

  private func decoded<Value: Decodable>(as value: Value.Type, type: ResourceType) throws -> Value {
    do {
      return try json.decoded(as: value)
    } catch let error as DecodingError {
      let (path, problem) = Self.explain(error)
      throw ObjectDecodingError(object: ObjectReference(type, key), field: path, problem: problem)
    }
  }

  private static func explain(_ error: DecodingError) -> (field: String, problem: String) {
    func text(_ path: [any CodingKey]) -> String {
      path.reduce("") { out, key in
        if let index = key.intValue { return "\(out)[\(index)]" }
        return out.isEmpty ? key.stringValue : "\(out).\(key.stringValue)"
      }
    }
    switch error {
    case .keyNotFound(let key, let context): return (text(context.codingPath + [key]), "is missing")
    case .valueNotFound(_, let context): return (text(context.codingPath), "is null")
    case .typeMismatch(_, let context), .dataCorrupted(let context):
      return (text(context.codingPath), context.debugDescription)
    @unknown default: return ("", String(describing: error))
    }
  }
}
