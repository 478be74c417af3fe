import Glibc

/// The terminal that a command writes to.
enum Terminal {
  /// Whether standard output is one, and not a file or a pipe.
  static var isInteractive: Bool { isatty(STDOUT_FILENO) == 1 }

  /// Columns; 100 where there is no terminal to ask.
  static var width: Int {
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 100 }
    return Int(size.ws_col)
  }

  /// Writes a line to standard error.
  static func complain(_ line: String) { write(STDERR_FILENO, line + "\n") }

  /// Writes to standard output at once.
  static func show(_ text: String) { write(STDOUT_FILENO, text) }

  private static func write(_ file: Int32, _ text: String) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let written = bytes.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
      guard written > 0 else { return }
      bytes = bytes.dropFirst(written)
    }
  }
}
