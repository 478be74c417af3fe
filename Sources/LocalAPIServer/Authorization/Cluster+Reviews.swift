import FoundationEssentials
import JSON

extension Cluster {
  /// Answers the kinds that are questions: who am I, may somebody do something, whose token is this.
  func review(_ call: ResourceCall) throws -> APIReply {
    var review = try RequestBody.json(call.request)
    review["apiVersion"] = .string(call.resource.groupVersion.description)
    review["kind"] = .string(call.resource.kind)
    if review["metadata"] == nil { review["metadata"] = .object([:]) }
    let spec = review["spec"] ?? .object([:])
    let access = RoleBasedAccess(store: store)
    switch call.resource.kind {
    case "SelfSubjectReview":
      review["status"] = ["userInfo": call.request.user.json]
    case "SelfSubjectAccessReview":
      review["status"] = Self.verdict(access.allows(AccessRequest(review: spec), by: call.request.user))
    case "SubjectAccessReview", "LocalSubjectAccessReview":
      let user = User(
        name: spec["user"]?.string ?? "", groups: spec["groups"]?.array?.compactMap(\.string) ?? [])
      review["status"] = Self.verdict(access.allows(AccessRequest(review: spec), by: user))
    case "SelfSubjectRulesReview":
      let rules =
        call.request.user.isAdministrator
        ? [["apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]], ["nonResourceURLs": ["*"], "verbs": ["*"]]]
        : access.rules(of: call.request.user, namespace: spec["namespace"]?.string)
      review["status"] = [
        "incomplete": false, "resourceRules": .array(rules.filter { $0["resources"] != nil }),
        "nonResourceRules": .array(rules.filter { $0["nonResourceURLs"] != nil }),
      ]
    case "TokenReview":
      if let user = tokens.user(token: spec["token"]?.string ?? "", now: call.now) {
        review["status"] = ["authenticated": true, "user": user.json]
      } else {
        review["status"] = ["authenticated": false, "error": "the token is not one of this cluster"]
      }
    default: throw StatusError.notImplemented(call.resource.kind)
    }
    return .json(code: 201, review)
  }

  private static func verdict(_ allowed: Bool) -> JSONValue { ["allowed": .bool(allowed)] }
}
