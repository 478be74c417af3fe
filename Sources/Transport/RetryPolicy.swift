import CCurl

/// When a request that may safely be repeated is sent again.
public struct RetryPolicy: Sendable, Hashable {
  /// How often a request is sent at most, the first time included.
  public var attempts: Int
  /// The waits between attempts after connections failed.
  public var backoff: Backoff
  /// The longest `Retry-After` that is waited for. A response that asks for more is returned as it is.
  public var longestRetryAfter: Duration

  public init(
    attempts: Int = 4, backoff: Backoff = Backoff(initial: .milliseconds(50), cap: .seconds(2)),
    longestRetryAfter: Duration = .seconds(30)
  ) {
    self.attempts = attempts
    self.backoff = backoff
    self.longestRetryAfter = longestRetryAfter
  }

  /// Every request is sent once.
  public static let never = RetryPolicy(attempts: 1)

  /// What libcurl reports when a connection went away under a request, or could not be had: all of these may be gone
  /// with the next connection. Time-outs are left to the caller, who knows how long it still wants to wait.
  private static let passing: Set<UInt32> = [
    CURLE_COULDNT_CONNECT.rawValue, CURLE_HTTP2.rawValue, CURLE_PARTIAL_FILE.rawValue, CURLE_GOT_NOTHING.rawValue,
    CURLE_SEND_ERROR.rawValue, CURLE_RECV_ERROR.rawValue, CURLE_HTTP2_STREAM.rawValue,
  ]

  /// How long to wait before the next attempt, or nil if this failure stands.
  ///
  /// - Parameters:
  ///   - attempt: 0 for the first one.
  ///   - random: from 0 up to 1.
  func wait(after error: TransportError, attempt: Int, isSafe: Bool, random: Double) -> Duration? {
    guard isSafe, attempt + 1 < attempts, Self.passing.contains(UInt32(bitPattern: error.curlCode)) else { return nil }
    return backoff.delay(attempt: attempt, random: random)
  }

  /// How long a server that was too busy (429 or 503) asks to wait, or nil if its response stands.
  ///
  /// - Parameter now: seconds since 1970-01-01 00:00 UTC.
  func wait(
    after status: Int, headers: HTTPHeaders, attempt: Int, isSafe: Bool, now: Int
  ) -> Duration? {
    guard isSafe, attempt + 1 < attempts, status == 429 || status == 503 else { return nil }
    guard let wait = headers["Retry-After"].flatMap({ RetryAfter.wait($0, now: now) }) else { return nil }
    return wait <= longestRetryAfter ? wait : nil
  }
}
