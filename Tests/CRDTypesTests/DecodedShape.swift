import CRDTypes

/// The form of a value: what a type decodes, or what a schema describes. Bounds are left out.
indirect enum DecodedShape: Hashable {
  case object([String: Member])
  case map(DecodedShape)
  case list(DecodedShape)
  case string
  /// A string that is one of these.
  case choice(Set<String>)
  case integer
  case boolean
  case anything

  struct Member: Hashable {
    var shape: DecodedShape
    var isRequired: Bool
  }

  init(_ schema: Schema) {
    switch schema.shape {
    case .object(let fields):
      self = .object(
        Dictionary(
          fields.map { ($0.name, Member(shape: DecodedShape($0.schema), isRequired: $0.isRequired)) },
          uniquingKeysWith: { first, _ in first }))
    case .map(let value, _): self = .map(DecodedShape(value))
    case .list(let element, _, _, _): self = .list(DecodedShape(element))
    case .string(let bounds): self = bounds.choices.isEmpty ? .string : .choice(Set(bounds.choices))
    case .integer: self = .integer
    case .boolean: self = .boolean
    case .anyObject: self = .anything
    }
  }

  /// One line for each leaf, such as `parameters[].double?.min: string`, so that a difference is easy to read.
  func lines(_ path: String = "") -> Set<String> {
    switch self {
    case .object(let members):
      if members.isEmpty { return ["\(path): {}"] }
      return members.reduce(into: []) { lines, member in
        let name = member.value.isRequired ? member.key : "\(member.key)?"
        lines.formUnion(member.value.shape.lines(path.isEmpty ? name : "\(path).\(name)"))
      }
    case .map(let value): return value.lines("\(path){}")
    case .list(let element): return element.lines("\(path)[]")
    case .string: return ["\(path): string"]
    case .choice(let values): return ["\(path): \(values.sorted().joined(separator: "|"))"]
    case .integer: return ["\(path): integer"]
    case .boolean: return ["\(path): boolean"]
    case .anything: return ["\(path): anything"]
    }
  }
}
