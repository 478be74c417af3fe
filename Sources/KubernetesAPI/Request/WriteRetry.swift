/// When a write that the server refused for the moment is sent again.
///
/// Only answers that say that nothing was done are followed by another attempt: 429 (the request was not let in),
/// and 503 or 500 with `Retry-After`. Connections that break are Transport's concern, and it repeats only reads.
struct WriteRetry: Sendable, Hashable {
  /// client-go gives up after ten attempts; callers here have a queue with back-off behind them.
  var attempts = 5
  /// No single pause is longer; a server that asks for more gets the error to its caller at once.
  var longest = Duration.seconds(30)

  /// The pause before the next attempt, or nil where the answer is final.
  ///
  /// - Parameters:
  ///   - attempt: the number of attempts made, from 1.
  ///   - repeatable: false for requests that must not run twice, such as a create with `generateName`: those are
  ///     repeated only after 429.
  func pause(status: Int, retryAfter: Duration?, attempt: Int, repeatable: Bool) -> Duration? {
    guard attempt < attempts else { return nil }
    let wait: Duration
    switch status {
    case 429: wait = retryAfter ?? .seconds(1)
    case 500, 503:
      guard repeatable, let retryAfter else { return nil }
      wait = retryAfter
    default: return nil
    }
    return wait <= longest ? wait : nil
  }
}
