import Testing
import Transport

@testable import MLflow

@Suite("What MLflow's responses mean")
struct ReplyTests {
  @Test(
    "statuses and bodies become errors to act on",
    arguments: [
      (401, "You are not authenticated.", .authenticationFailed), (403, "Permission denied", .permissionDenied),
      (403, "Invalid Host header - possible DNS rebinding attack detected", .hostNotAllowed),
      (404, "{\"error_code\":\"RESOURCE_DOES_NOT_EXIST\",\"message\":\"No run\"}", .notFound),
      (404, "<!doctype html><title>404</title>", .unexpectedResponse),
      (400, "{\"error_code\":\"RESOURCE_ALREADY_EXISTS\",\"message\":\"x\"}", .alreadyExists),
      (400, "{\"error_code\":\"INVALID_PARAMETER_VALUE\",\"message\":\"x\"}", .invalidRequest),
      (400, "<html>", .unexpectedResponse), (502, "<html>Bad Gateway", .unavailable), (504, "", .timeout),
      (302, "", .unexpectedResponse), (200, "<html>login", .unexpectedResponse), (200, "[]", .unexpectedResponse),
    ] as [(Int, String, MLflowError.Code)])
  func errors(status: Int, body: String, code: MLflowError.Code) {
    let place = TrackingServerConfiguration(uri: "http://mlflow.ml.svc:5000")
    let response = HTTPResponse(status: status, headers: [:], body: Array(body.utf8))
    let error = #expect(throws: MLflowError.self) { try Replies.json(response, from: place) }
    #expect(error?.code == code)
    #expect(error?.message.contains("mlflow.ml.svc:5000") == true)
    #expect(error?.message.contains("<") == false)
  }

  @Test("the SQL in MLflow's messages, with its values, is left out")
  func sql() {
    let body = "{\"error_code\":\"BAD_REQUEST\",\"message\":\"(psycopg2) failed [SQL: INSERT 's3cret'\\nmore\"}"
    let place = TrackingServerConfiguration(uri: "http://mlflow")
    let response = HTTPResponse(status: 400, headers: [:], body: Array(body.utf8))
    let error = #expect(throws: MLflowError.self) { try Replies.json(response, from: place) }
    #expect(error?.message == "MLflow at mlflow: (psycopg2) failed ")
  }

  @Test(
    "the host is what the server sees of the URL",
    arguments: [
      ("http://mlflow.ml.svc:5000/x", "mlflow.ml.svc:5000"), ("https://ann:pw@ml.example", "ml.example"),
      ("http://[::1]:5000", "[::1]:5000"),
    ])
  func host(uri: String, host: String) { #expect(TrackingServerConfiguration(uri: uri).host == host) }

  @Test("constants in filters are quoted by what they do not hold")
  func filters() throws {
    #expect(try SearchFilter.constant("a") == "'a'")
    #expect(try SearchFilter.constant("it's") == "\"it's\"")
    #expect(throws: MLflowError.self) { try SearchFilter.constant("'\"") }
    #expect(throws: MLflowError.self) { try SearchFilter.name("`") }
  }

  @Test("a schema is told by its columns")
  func schemas() throws {
    var columns = TrackingSchema.required
    let two = try TrackingSchema(columns: columns)
    #expect(!two.hasWorkspaces && !two.hasLoggedModels)
    columns.merge(TrackingSchema.optional) { $1 }
    columns["experiments"]?.insert("workspace")
    columns["inputs"]?.insert("step")
    let three = try TrackingSchema(columns: columns)
    #expect(three.hasWorkspaces && three.hasLoggedModels && three.hasInputSteps)
  }
}
