/// Cuts a stream of bytes into lines, wherever the stream was split into chunks.
///
/// A line ends with LF; a CR before it is dropped. The bytes after the last LF stay in ``remainder`` until more arrive.
public struct LineFramer: Sendable {
  private var buffer: [UInt8] = []
  /// Where the next line starts in `buffer`.
  private var start = 0
  /// Up to where `buffer` was searched for LF: a long line that comes in many chunks is searched once.
  private var searched = 0

  public init() {}

  /// Adds what arrived.
  public mutating func append(_ bytes: [UInt8]) {
    if start == buffer.count {
      buffer = bytes
      start = 0
      searched = 0
      return
    }
    if start > 0 {
      buffer.removeSubrange(..<start)
      searched -= start
      start = 0
    }
    buffer.append(contentsOf: bytes)
  }

  /// The next whole line without its end, or nil if more bytes are needed.
  public mutating func next() -> [UInt8]? {
    guard let end = buffer[max(start, searched)...].firstIndex(of: UInt8(ascii: "\n")) else {
      searched = buffer.count
      return nil
    }
    let last = end > start && buffer[end - 1] == UInt8(ascii: "\r") ? end - 1 : end
    defer {
      start = end + 1
      searched = start
    }
    return Array(buffer[start..<last])
  }

  /// The bytes of a line whose end has not arrived.
  public var remainder: [UInt8] { Array(buffer[start...]) }
}
