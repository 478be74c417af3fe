/// One line of a container's output, with the time it was written (RFC 3339, microseconds).
///
/// On disk it is `TIME TEXT`, so that a log can be read from any time on and with or without its times.
struct LogLine: Sendable, Hashable {
  var time: String
  var text: Substring

  init?(_ stored: Substring) {
    guard let space = stored.firstIndex(of: " ") else { return nil }
    time = String(stored[..<space])
    text = stored[stored.index(after: space)...]
  }
}
