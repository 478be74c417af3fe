import CRDTypes

/// Which of the four kinds a word on the command line means.
enum KindName {
  /// Takes what kubectl takes: kind, plural, singular and short name, with or without the group, in any case.
  static func find(_ word: String) throws -> ResourceDefinition {
    let wanted = word.lowercased()
    let found = ResourceDefinition.all.first { definition in
      let type = definition.type
      let names = [type.kind.lowercased(), type.plural, definition.shortName]
      return names.contains(wanted) || names.contains { "\($0).\(type.group)" == wanted }
    }
    guard let found else {
      let known = ResourceDefinition.all.map { "\($0.type.plural) (\($0.shortName))" }.joined(separator: ", ")
      throw Complaint("there is no kind \(word); there are \(known)")
    }
    return found
  }
}
