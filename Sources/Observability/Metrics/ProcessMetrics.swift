import Glibc

/// The `process_*` metrics of the Prometheus client libraries, read from /proc when asked for.
public struct ProcessMetrics: Sendable {
  private let cpu: Counter
  private let resident: Gauge
  private let virtual: Gauge
  private let openFiles: Gauge
  private let maximumFiles: Gauge
  private let start: Gauge

  /// Registers the families; each exposition refreshes them.
  public init(_ registry: MetricRegistry) {
    cpu = registry.counter(
      "process_cpu_seconds_total", help: "Total user and system CPU time spent in seconds.")
    resident = registry.gauge("process_resident_memory_bytes", help: "Resident memory size in bytes.")
    virtual = registry.gauge("process_virtual_memory_bytes", help: "Virtual memory size in bytes.")
    openFiles = registry.gauge("process_open_fds", help: "Number of open file descriptors.")
    maximumFiles = registry.gauge("process_max_fds", help: "Maximum number of open file descriptors.")
    start = registry.gauge(
      "process_start_time_seconds", help: "Start time of the process since unix epoch in seconds.")
    let metrics = self
    registry.beforeExposition { metrics.refresh() }
  }

  private func refresh() {
    if let text = Self.read("/proc/self/stat"), let stat = ProcessStat(text) {
      let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
      cpu.raise(to: Double(stat.userTicks + stat.systemTicks) / ticks)
      resident.set(to: Double(stat.residentPages) * Double(sysconf(Int32(_SC_PAGESIZE))))
      virtual.set(to: Double(stat.virtualBytes))
      if let boot = Self.read("/proc/stat").flatMap(ProcessStat.bootTime) {
        start.set(to: Double(boot) + Double(stat.startTicks) / ticks)
      }
    }
    if let count = Self.openFileCount() { openFiles.set(to: Double(count)) }
    var limit = rlimit()
    if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
      maximumFiles.set(to: Double(limit.rlim_cur))
    }
  }

  private static func read(_ path: String) -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = Glibc.read(descriptor, &buffer, buffer.count)
      if count <= 0 { break }
      bytes += buffer[..<count]
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func openFileCount() -> Int? {
    guard let directory = opendir("/proc/self/fd") else { return nil }
    defer { closedir(directory) }
    var count = 0
    while readdir(directory) != nil { count += 1 }
    // Not `.`, not `..`, and not the descriptor of the listing itself.
    return max(0, count - 3)
  }
}

/// The fields of /proc/PID/stat that the metrics need; see proc(5).
struct ProcessStat: Sendable, Hashable {
  let userTicks: UInt64
  let systemTicks: UInt64
  let startTicks: UInt64
  let virtualBytes: UInt64
  let residentPages: UInt64

  /// Nil where the text is no stat line.
  init?(_ text: String) {
    // The second field is the program's name in parentheses, and may itself hold blanks and parentheses.
    guard let close = text.lastIndex(of: ")") else { return nil }
    let fields = text[text.index(after: close)...].split(whereSeparator: \.isWhitespace)
    // `fields[0]` is field 3 of the manual page.
    func field(_ number: Int) -> UInt64? { fields.count > number - 3 ? UInt64(fields[number - 3]) : nil }
    guard let user = field(14), let system = field(15), let start = field(22), let bytes = field(23),
      let pages = field(24)
    else { return nil }
    userTicks = user
    systemTicks = system
    startTicks = start
    virtualBytes = bytes
    residentPages = pages
  }

  /// When the machine booted, seconds since the epoch, from the text of /proc/stat.
  static func bootTime(_ text: String) -> UInt64? {
    for line in text.split(separator: "\n") where line.hasPrefix("btime ") {
      return UInt64(line.dropFirst(6))
    }
    return nil
  }
}
