// usage: bench-transport URL CA IN-FLIGHT SECONDS: GETs over Martlet's transport, and their figures.

import FoundationEssentials
import Measuring
import Transport

let arguments = CommandLine.arguments
guard arguments.count == 5, let inFlight = Int(arguments[3]), let seconds = Double(arguments[4]) else {
  fatalError("usage: bench-transport URL CA IN-FLIGHT SECONDS")
}
let url = arguments[1]
let authority = [UInt8](try Data(contentsOf: URL(filePath: arguments[2])))
let client = HTTPClient(HTTPClientConfiguration(tls: TLSOptions(trustRoots: .pem(authority)), userAgent: "bench"))
let figures = try await ClosedLoop.run(inFlight: inFlight, seconds: seconds) {
  let response = try await client.send(HTTPRequest(url: url))
  precondition(response.status == 200 && response.body.count == 172)
}
try report(figures)
await client.shutdown()
