import JSON

/// How a write is done, from the request's parameters.
struct WriteOptions: Sendable, Hashable {
  enum FieldValidation: String, Sendable { case strict = "Strict", warn = "Warn", ignore = "Ignore" }

  var dryRun = false
  var fieldManager = "unknown"
  var fieldValidation = FieldValidation.warn
  var force = false

  init() {}

  init(_ request: APIRequest) throws {
    if let dryRun = request.query["dryRun"] {
      guard dryRun == "All" else {
        throw StatusError.badRequest(
          "dryRun: Unsupported value: \"\(dryRun)\": supported values: \"All\"")
      }
      self.dryRun = true
    }
    if let text = request.query["fieldValidation"], !text.isEmpty {
      guard let level = FieldValidation(rawValue: text) else {
        throw StatusError.badRequest(
          "fieldValidation: Unsupported value: \"\(text)\": supported values: \"Ignore\", \"Strict\", \"Warn\"")
      }
      fieldValidation = level
    }
    force = request.query.flag("force") ?? false
    if let manager = request.query["fieldManager"], !manager.isEmpty {
      guard manager.utf8.count <= 128 else {
        throw StatusError.badRequest("fieldManager: Too long: may not be more than 128 bytes")
      }
      fieldManager = manager
    } else {
      // Upstream's default: the product of the user agent.
      let product = request.userAgent.prefix { $0 != "/" }
      fieldManager = product.isEmpty ? "unknown" : String(product.prefix(128))
    }
  }
}

/// How a deletion is done, from the request's body and parameters.
struct DeleteOptions: Sendable, Hashable {
  enum Propagation: String, Sendable { case background = "Background", foreground = "Foreground", orphan = "Orphan" }

  var gracePeriodSeconds: Int64?
  var propagation: Propagation?
  var uid: String?
  var resourceVersion: String?
  var dryRun = false

  init() {}

  init(_ request: APIRequest) throws {
    let body = request.body.isEmpty ? JSONValue.object([:]) : try RequestBody.json(request)
    gracePeriodSeconds = body["gracePeriodSeconds"]?.integer ?? request.query.integer("gracePeriodSeconds")
    if let text = body["propagationPolicy"]?.string ?? request.query["propagationPolicy"] {
      guard let policy = Propagation(rawValue: text) else {
        throw StatusError(
          code: 422, reason: "Invalid",
          message: "DeleteOptions.meta.k8s.io \"\" is invalid: propagationPolicy: Unsupported value: \"\(text)\": "
            + "supported values: \"Foreground\", \"Background\", \"Orphan\", \"nil\"")
      }
      propagation = policy
    } else if body["orphanDependents"]?.bool == true {
      propagation = .orphan
    }
    uid = body[path: "preconditions", "uid"]?.string
    resourceVersion = body[path: "preconditions", "resourceVersion"]?.string
    dryRun = request.query["dryRun"] == "All" || body["dryRun"]?[0]?.string == "All"
  }
}
