import Glibc

/// How a process ended.
public enum ExitStatus: Sendable, Hashable {
  case exited(Int32)
  case signaled(Int32)

  /// The exit code as Kubernetes reports it: 128 plus the number for a signal.
  public var code: Int32 {
    switch self {
    case .exited(let code): code
    case .signaled(let signal): 128 + signal
    }
  }

  /// Reads what `waitpid` stored.
  public init(waitStatus: Int32) {
    let signal = waitStatus & 0x7f
    self = signal == 0 ? .exited((waitStatus >> 8) & 0xff) : .signaled(signal)
  }
}

/// A system call that failed while a process was being started.
public struct ProcessError: Error, Sendable, CustomStringConvertible {
  public let call: String
  public let errno: Int32

  public init(call: String, errno: Int32) {
    self.call = call
    self.errno = errno
  }

  public var description: String { "\(call): \(String(cString: strerror(errno)))" }
}
