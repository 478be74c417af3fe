// usage: bench-recorder DATABASE-URL: the few calls of MLflow's REST API that a sweep makes, each answered by one
// statement on MLflow's tables. In MLflow's place it shows what orchestration alone costs. Prints its port.

import Glibc
import Hummingbird
import JSON
import Logging
import Postgres

guard CommandLine.arguments.count == 2 else { fatalError("usage: bench-recorder DATABASE-URL") }
let recorder = Recorder(pool: try PostgresPool(try PostgresConfiguration(CommandLine.arguments[1])))
let application = Application(
  responder: CallbackResponder { (request: Request, _: BasicRequestContext) in
    let body = try await request.body.collect(upTo: 1 << 20)
    let answer = try await recorder.answer(
      request.uri.path, query: request.uri.queryParameters.get("experiment_name"),
      body.readableBytes == 0 ? [:] : try JSONValue(parsing: Array(body.readableBytesView)))
    return Response(
      status: answer == nil ? .notFound : .ok, headers: [.contentType: "application/json"],
      body: ResponseBody(
        byteBuffer: ByteBuffer(bytes: (answer ?? ["error_code": "RESOURCE_DOES_NOT_EXIST"]).bytes())))
  },
  configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0)),
  onServerRunning: { channel in
    print(channel.localAddress?.port ?? 0)
    fflush(nil)
  }, logger: Logger(label: "recorder", factory: { _ in SwiftLogNoOpLogHandler() }))
try await application.run()
