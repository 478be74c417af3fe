/// The syntaxes of names (`k8s.io/apimachinery/pkg/util/validation`): each returns what is wrong, or nothing.
enum NameRule {
  private static let key = KnownPattern("^[-._a-zA-Z0-9]+$")
  private static let port = KnownPattern("^[-a-z0-9]+$")

  private static func tooLong(_ name: String, _ limit: Int) -> [String] {
    name.utf8.count > limit ? ["must be no more than \(limit) characters"] : []
  }

  static func subdomain(_ name: String) -> [String] {
    tooLong(name, 253)
      + (NameSyntax.label1123.matchesParts(of: name)
        ? []
        : [
          "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must "
            + "start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
            + "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
        ])
  }

  static func label(_ name: String) -> [String] {
    tooLong(name, 63)
      + (NameSyntax.label1123.matches(name)
        ? []
        : [
          "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and "
            + "end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is "
            + "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
        ])
  }

  static func dns1035Label(_ name: String) -> [String] {
    tooLong(name, 63)
      + (NameSyntax.label1035.matches(name)
        ? []
        : [
          "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic "
            + "character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for "
            + "validation is '[a-z]([-a-z0-9]*[a-z0-9])?')"
        ])
  }

  /// Names of roles and bindings: anything that fits a path segment.
  static func pathSegment(_ name: String) -> [String] {
    if name == "." || name == ".." { return ["may not be '\(name)'"] }
    return ["/", "%"].filter { name.contains($0) }.map { "may not contain '\($0)'" }
  }

  /// A label's or annotation's key: an optional DNS prefix, a slash, a name.
  static func qualifiedName(_ name: String) -> [String] {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    let form =
      "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric "
      + "character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
      + "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
    var out: [String] = []
    if parts.count > 2 {
      return ["a qualified name \(form) with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"]
    }
    if parts.count == 2 {
      if parts[0].isEmpty {
        out.append("prefix part must be non-empty")
      } else {
        out += subdomain(parts[0]).map { "prefix part " + $0 }
      }
    }
    let last = parts.last ?? ""
    if last.isEmpty { out.append("name part must be non-empty") }
    if last.utf8.count > 63 { out.append("name part must be no more than 63 characters") }
    if !NameSyntax.qualified.matches(last) { out.append("name part " + form) }
    return out
  }

  static func labelValue(_ text: String) -> [String] {
    tooLong(text, 63)
      + (text.isEmpty || NameSyntax.qualified.matches(text)
        ? []
        : [
          "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must "
            + "start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used "
            + "for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
        ])
  }

  static func configKey(_ name: String) -> [String] {
    tooLong(name, 253)
      + (key.matches(name)
        ? []
        : [
          "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or "
            + "'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"
        ])
  }

  static func environmentName(_ name: String) -> [String] {
    let isPlain = name.unicodeScalars.allSatisfy { $0.value >= 32 && $0.value < 127 && $0 != "=" }
    return isPlain
      ? [] : ["a valid environment variable name must consist only of printable ASCII characters other than '='"]
  }

  static func portName(_ name: String) -> [String] {
    if name.utf8.count > 15 { return ["must be no more than 15 characters"] }
    if !port.matches(name) { return ["must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)"] }
    if !name.utf8.contains(where: { (97...122).contains($0) }) { return ["must contain at least one letter (a-z)"] }
    if name.contains("--") { return ["must not contain consecutive hyphens"] }
    return name.hasPrefix("-") || name.hasSuffix("-") ? ["must not begin or end with a hyphen"] : []
  }

  static func portNumber(_ number: Int64) -> [String] {
    (1...65535).contains(number) ? [] : ["must be between 1 and 65535, inclusive"]
  }
}
