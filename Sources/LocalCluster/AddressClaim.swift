import Glibc

/// The loopback addresses that one cluster of this machine has to itself: a network for pods and one for Services.
///
/// Two clusters that used the same ones would answer each other's requests: proxies bind with `SO_REUSEPORT`, so the
/// second would not even fail. A claim is a bound socket, so it ends with the process.
struct AddressClaim: Sendable {
  struct Exhausted: Error, CustomStringConvertible {
    let description = "\(AddressClaim.networks.count) local clusters run on this machine already, and hold all networks"
  }

  static let networks = 0..<32
  /// Nothing listens there: the port only stands for the network.
  private static let port: UInt16 = 61_096

  private let number: Int

  /// The first network that no other process of this machine has claimed.
  init() throws {
    guard let free = Self.networks.first(where: Self.bind) else { throw Exhausted() }
    number = free
  }

  /// What pods' addresses begin with: 127.64 to 127.95.
  var pods: String { "127.\(64 + number)" }
  /// What Services' addresses begin with: 127.96 to 127.127.
  var services: String { "127.\(96 + number)" }

  /// Holds a network until the process ends; false where another does.
  private static func bind(_ number: Int) -> Bool {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return false }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    // 127.(96 + number).255.254, which no Service is given.
    address.sin_addr.s_addr = (UInt32(127) << 24 | UInt32(96 + number) << 16 | 0xFFFE).bigEndian
    let status = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    if status != 0 { close(descriptor) }
    return status == 0
  }
}
