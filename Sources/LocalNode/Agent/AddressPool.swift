/// The addresses of pods: one each out of a network of 65,536, never the first or last of a block of 256.
struct AddressPool: Sendable {
  let network: String
  private var used: Set<Int> = []
  private var next = 0

  init(network: String) { self.network = network }

  mutating func take() -> String? {
    for _ in 0..<65536 {
      next = next % 65535 + 1
      if next % 256 == 0 || next % 256 == 255 || !used.insert(next).inserted { continue }
      return "\(network).\(next / 256).\(next % 256)"
    }
    return nil
  }

  mutating func give(back address: String) {
    let parts = address.split(separator: ".").compactMap { Int($0) }
    if parts.count == 4 { used.remove(parts[2] * 256 + parts[3]) }
  }
}
