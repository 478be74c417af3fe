import Glibc

/// How a process ended.
enum ExitStatus: Sendable, Hashable {
  case exited(Int32)
  case signaled(Int32)

  /// The exit code as Kubernetes reports it: 128 plus the number for a signal.
  var code: Int32 {
    switch self {
    case .exited(let code): code
    case .signaled(let signal): 128 + signal
    }
  }

  /// Reads what `waitpid` stored.
  init(waitStatus: Int32) {
    let signal = waitStatus & 0x7f
    self = signal == 0 ? .exited((waitStatus >> 8) & 0xff) : .signaled(signal)
  }
}

/// A system call that failed while a process was being started.
struct ProcessError: Error, Sendable, CustomStringConvertible {
  let call: String
  let errno: Int32

  var description: String { "\(call): \(String(cString: strerror(errno)))" }
}
