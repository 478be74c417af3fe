/// Which of the node's numbered devices (GPUs) belong to which pod.
struct DeviceAllocator: Sendable {
  private var free: [Int]
  private var held: [String: [Int]] = [:]

  init(count: Int) { free = Array(0..<max(0, count)) }

  /// Gives a pod this many devices; nil, and nothing given, where fewer are free. Asking again gives the same.
  mutating func allocate(_ count: Int, to pod: String) -> [Int]? {
    if let devices = held[pod] { return devices }
    guard count <= free.count else { return nil }
    let devices = Array(free.prefix(count))
    free.removeFirst(count)
    held[pod] = devices
    return devices
  }

  mutating func release(_ pod: String) {
    guard let devices = held.removeValue(forKey: pod) else { return }
    free = (free + devices).sorted()
  }
}
