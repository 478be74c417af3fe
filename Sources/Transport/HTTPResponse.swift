/// A response with its whole body.
public struct HTTPResponse: Sendable {
  public let status: Int
  /// Decoded, if it was sent compressed.
  public let body: [UInt8]
  private let head: Head

  /// Most callers never look at the header fields, so they are read from the wire only when asked for.
  private enum Head: Sendable {
    case wire([UInt8])
    case fields(HTTPHeaders)
  }

  public init(status: Int, headers: HTTPHeaders, body: [UInt8]) {
    self.status = status
    self.body = body
    head = .fields(headers)
  }

  init(status: Int, wire: [UInt8], body: [UInt8]) {
    self.status = status
    self.body = body
    head = .wire(wire)
  }

  public var headers: HTTPHeaders {
    switch head {
    case .wire(let bytes): HTTPHeaders(wire: bytes)
    case .fields(let headers): headers
    }
  }

  /// Whether the status is 200 to 299.
  public var isSuccess: Bool { (200..<300).contains(status) }
}

/// A response whose body arrives as it is read.
public struct StreamedResponse: Sendable {
  public let status: Int
  public let headers: HTTPHeaders
  public let body: ResponseBody

  /// Whether the status is 200 to 299.
  public var isSuccess: Bool { (200..<300).contains(status) }
}
