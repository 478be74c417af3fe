import Glibc
import JSON
import MLflow

/// What is known of runs, in a file without a name: for what is seldom read again and is not to take memory.
final class Archive: Sendable {
  struct Place {
    fileprivate let offset: Int
    fileprivate let count: Int
  }

  private let descriptor: Int32

  init() {
    var name = Array("/tmp/martlet-bench-runs.XXXXXX".utf8CString)
    descriptor = mkstemp(&name)
    guard descriptor >= 0 else { fatalError("cannot make a file in /tmp") }
    unlink(name)
  }

  deinit { close(descriptor) }

  func add(_ content: RunContent) -> Place {
    let text = JSONValue.compact([
      "tags": JSONValue(content.tags), "parameters": JSONValue(content.parameters),
      "metrics": JSONValue(content.metrics.mapValues { "\($0)" }),
    ]).bytes()
    let offset = Int(lseek(descriptor, 0, Int32(SEEK_END)))
    guard write(descriptor, text, text.count) == text.count else { fatalError("cannot write a run") }
    return Place(offset: offset, count: text.count)
  }

  func content(at place: Place) -> RunContent {
    var bytes = [UInt8](repeating: 0, count: place.count)
    guard pread(descriptor, &bytes, place.count, place.offset) == place.count, let value = try? JSONValue(parsing: bytes)
    else { fatalError("cannot read a run") }
    return RunContent(
      tags: value["tags"]?.stringMap ?? [:], parameters: value["parameters"]?.stringMap ?? [:],
      metrics: (value["metrics"]?.stringMap ?? [:]).compactMapValues(Double.init))
  }
}
