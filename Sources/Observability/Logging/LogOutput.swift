import Glibc
import Threads

/// Where the lines of a process go, and from which level on: shared by all its loggers.
public final class LogOutput: Sendable {
  let sink: any LogSink
  let now: @Sendable () -> WallTime
  private let threshold: Locked<LogLevel>

  public init(
    level: LogLevel = .info, sink: any LogSink = StandardErrorSink(),
    now: @escaping @Sendable () -> WallTime = WallTime.current
  ) {
    self.sink = sink
    self.now = now
    threshold = Locked(level)
  }

  /// Lines below this level are dropped. May be changed at any time.
  public var level: LogLevel {
    get { threshold.withLock { $0 } }
    set { threshold.withLock { $0 = newValue } }
  }
}

/// Takes finished lines, each with its line feed.
public protocol LogSink: Sendable {
  /// Must not block for long and must not fail: a line that cannot be written is lost.
  func write(_ line: [UInt8])
}

/// Standard error, one `write` a line so that lines of several threads do not mix.
public struct StandardErrorSink: LogSink {
  private let turn = Locked(())

  public init() {}

  public func write(_ line: [UInt8]) {
    turn.withLock { _ in
      var rest = line[...]
      while !rest.isEmpty {
        let count = rest.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
        if count > 0 {
          rest = rest.dropFirst(count)
        } else if count < 0, errno == EINTR {
          continue
        } else {
          return
        }
      }
    }
  }
}

/// A point in time as the system's clock tells it, without Foundation.
public struct WallTime: Sendable, Hashable {
  /// Since 1970-01-01T00:00:00Z.
  public let seconds: Int64
  /// From 0 to 999,999,999.
  public let nanoseconds: Int64

  public init(seconds: Int64, nanoseconds: Int64 = 0) {
    self.seconds = seconds
    self.nanoseconds = nanoseconds
  }

  @Sendable public static func current() -> WallTime {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return WallTime(seconds: Int64(time.tv_sec), nanoseconds: Int64(time.tv_nsec))
  }

  /// RFC 3339 in UTC with milliseconds.
  public var text: String {
    let (days, rest) = seconds.quotientAndRemainder(flooringBy: 86_400)
    let (year, month, day) = Self.civil(days)
    func padded(_ value: Int64, _ width: Int) -> String {
      let digits = String(value)
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))T"
      + "\(padded(rest / 3600, 2)):\(padded(rest / 60 % 60, 2)):\(padded(rest % 60, 2))"
      + ".\(padded(nanoseconds / 1_000_000, 3))Z"
  }

  /// The Gregorian date of a day number, 0 being 1970-01-01: eras of 400 years that begin on 1 March, so that the
  /// leap day is the last day of a year.
  private static func civil(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let (era, dayOfEra) = (days + 719_468).quotientAndRemainder(flooringBy: 146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    let month = shifted < 10 ? shifted + 3 : shifted - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shifted + 2) / 5 + 1)
  }
}

extension Int64 {
  fileprivate func quotientAndRemainder(flooringBy divisor: Int64) -> (Int64, Int64) {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }
}
