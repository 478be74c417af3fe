// usage: bench-async-http-client URL CA IN-FLIGHT SECONDS: GETs over async-http-client, and their figures.

import AsyncHTTPClient
import Measuring
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

let arguments = CommandLine.arguments
guard arguments.count == 5, let inFlight = Int(arguments[3]), let seconds = Double(arguments[4]) else {
  fatalError("usage: bench-async-http-client URL CA IN-FLIGHT SECONDS")
}
let url = arguments[1]
var tls = TLSConfiguration.makeClientConfiguration()
tls.trustRoots = .file(arguments[2])
// One event loop, as the transport has one thread: with two it was no faster.
let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
let client = HTTPClient(eventLoopGroupProvider: .shared(group), configuration: .init(tlsConfiguration: tls))
let figures = try await ClosedLoop.run(inFlight: inFlight, seconds: seconds) {
  let response = try await client.execute(HTTPClientRequest(url: url), timeout: .seconds(30))
  let body = try await response.body.collect(upTo: 1 << 20)
  precondition(response.status == .ok && body.readableBytes == 172)
}
try report(figures)
try await client.shutdown().get()
try await group.shutdownGracefully()
