/// A server that a test needs could not be prepared, started or stopped.
public struct ServerFailure: Error, CustomStringConvertible {
  public let description: String

  public init(_ description: String) {
    self.description = description
  }
}
