import ControllerKit
import HealthServer
import Observability

/// The HTTP servers for probes and metrics.
enum ProbeService {
  /// One service for each address; addresses that are the same share one.
  static func services(
    probes: BindAddress?, metrics: BindAddress?, endpoint: ObservationEndpoint, time: any TimeSource
  ) -> [Manager.Service] {
    var addresses: [BindAddress] = []
    for address in [probes, metrics] {
      if let address, !addresses.contains(address) { addresses.append(address) }
    }
    return addresses.map { address in
      let server = HealthServer(endpoint, host: address.host, port: address.port, now: { time.now })
      return Manager.Service("http:\(address.port)") {
        do {
          try await server.run()
        } catch {
          if error is CancellationError { throw error }
          throw ListenError(address: address, problem: String(describing: error))
        }
      }
    }
  }
}

/// An address that cannot be listened on.
struct ListenError: Error, Sendable, Hashable, CustomStringConvertible {
  let address: BindAddress
  let problem: String

  var description: String {
    "cannot listen on \(address.host):\(address.port): \(problem); choose others with --health-probe-bind-address and "
      + "--metrics-bind-address"
  }
}
