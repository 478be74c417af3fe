import CRDTypes

/// A node of a schema and where it is.
struct SchemaNode: CustomStringConvertible {
  var path: String
  var schema: Schema
  var isRequired: Bool

  var description: String { path }

  /// The node and all below it.
  var all: [SchemaNode] {
    switch schema.shape {
    case .object(let fields):
      [self]
        + fields.flatMap {
          SchemaNode(path: "\(path).\($0.name)", schema: $0.schema, isRequired: $0.isRequired).all
        }
    case .map(let value, _): [self] + SchemaNode(path: "\(path){}", schema: value, isRequired: true).all
    case .list(let element, _, _, _): [self] + SchemaNode(path: "\(path)[]", schema: element, isRequired: true).all
    default: [self]
    }
  }

  static let everything = ResourceDefinition.all.flatMap { definition in
    SchemaNode(path: definition.type.kind, schema: definition.schema, isRequired: true).all
  }
}

extension Schema {
  func member(_ name: String) -> SchemaField? {
    guard case .object(let fields) = shape else { return nil }
    return fields.first { $0.name == name }
  }
}
