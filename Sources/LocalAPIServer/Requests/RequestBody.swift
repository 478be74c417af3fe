import JSON
import YAML

/// The document in a request.
enum RequestBody {
  /// The body as JSON; YAML where the content type says so.
  static func json(_ request: APIRequest) throws -> JSONValue {
    let type = request.contentType.prefix { $0 != ";" }.lowercased()
    switch type {
    case "application/yaml", "application/apply-patch+yaml":
      if let json = try? JSONValue(parsing: request.body) { return json }
      do {
        return try JSONValue(yaml: request.body)
      } catch {
        throw StatusError.badRequest("error decoding YAML: \(error)")
      }
    case "application/vnd.kubernetes.protobuf":
      do {
        return try ProtobufObject.json(request.body)
      } catch {
        throw StatusError.badRequest("error decoding protobuf: \(error)")
      }
    case "application/cbor", "application/apply-patch+cbor":
      throw StatusError.unsupportedMediaType(
        "the body of the request was in an unknown format - accepted media types include: application/json, "
          + "application/yaml")
    default:
      do {
        return try JSONValue(parsing: request.body)
      } catch {
        throw StatusError.badRequest("error decoding JSON: \(error)")
      }
    }
  }
}
