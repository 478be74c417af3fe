/// Expansion of `$(NAME)` in a container's command, arguments and variables, as Kubernetes defines it
/// (k8s.io/kubernetes third_party/forked/golang/expansion): `$$` is a dollar sign, a reference to an unknown name
/// stays as it is written.
enum Expansion {
  static func expand(_ text: String, _ variables: [String: String]) -> String {
    guard text.utf8.contains(UInt8(ascii: "$")) else { return text }
    var out = ""
    var rest = text[...]
    while let dollar = rest.firstIndex(of: "$") {
      out += rest[..<dollar]
      let after = rest.index(after: dollar)
      guard after < rest.endIndex else {
        out += "$"
        return out
      }
      switch rest[after] {
      case "$":
        out += "$"
        rest = rest[rest.index(after: after)...]
      case "(":
        guard let close = rest[after...].firstIndex(of: ")") else {
          out += "$("
          rest = rest[rest.index(after: after)...]
          continue
        }
        let name = String(rest[rest.index(after: after)..<close])
        out += variables[name] ?? "$(\(name))"
        rest = rest[rest.index(after: close)...]
      default:
        out += "$"
        out.append(rest[after])
        rest = rest[rest.index(after: after)...]
      }
    }
    return out + rest
  }
}
