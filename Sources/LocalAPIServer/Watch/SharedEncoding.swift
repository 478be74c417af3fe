import JSON
import Threads

/// The text of an object that several watches send: it is made when the first of them wants it.
final class SharedEncoding: Sendable {
  private let object: JSONValue
  private let text = Locked<[UInt8]?>(nil)

  init(_ object: JSONValue) { self.object = object }

  var bytes: [UInt8] {
    text.withLock { text in
      let known = text ?? object.bytes()
      text = known
      return known
    }
  }
}
