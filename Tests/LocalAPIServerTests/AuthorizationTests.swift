import FoundationEssentials
import JSON
import Testing

@testable import LocalAPIServer

@Suite struct AuthorizationTests {
  private let reader = User.serviceAccount(namespace: "default", name: "reader")

  private func apiWithReader() -> APIFixture {
    var api = APIFixture()
    let group = "rbac.authorization.k8s.io"
    let base = "/apis/\(group)/v1/namespaces/default"
    _ = api.send(
      "POST", base + "/roles",
      [
        "apiVersion": .string("\(group)/v1"), "kind": "Role", "metadata": ["name": "r"],
        "rules": [["apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list"]]],
      ])
    _ = api.send(
      "POST", base + "/rolebindings",
      [
        "apiVersion": .string("\(group)/v1"), "kind": "RoleBinding", "metadata": ["name": "b"],
        "roleRef": ["apiGroup": .string(group), "kind": "Role", "name": "r"],
        "subjects": [["kind": "ServiceAccount", "name": "reader", "namespace": "default"]],
      ])
    return api
  }

  @Test("a role allows what it lists, in its namespace", arguments: [
    ("GET", "/api/v1/namespaces/default/pods", 200), ("GET", "/api/v1/namespaces/kube-system/pods", 403),
    ("GET", "/api/v1/pods", 403), ("DELETE", "/api/v1/namespaces/default/pods/x", 403),
    ("GET", "/api/v1/namespaces/default/pods/x", 404), ("GET", "/version", 200),
  ])
  func roles(method: String, path: String, code: Int) {
    var api = apiWithReader()
    #expect(api.send(method, path, as: reader).code == code)
  }

  @Test("a refusal says who may not do what where")
  func refusal() {
    var api = APIFixture()
    let answer = api.send("GET", APIFixture.configMaps, as: reader)
    #expect(
      answer.message == "configmaps is forbidden: User \"system:serviceaccount:default:reader\" cannot list resource "
        + "\"configmaps\" in API group \"\" in the namespace \"default\"")
  }

  @Test("a ServiceAccount's token names it until it expires, and cannot be altered")
  func tokens() {
    let issuer = TokenIssuer()
    let now = Date(timeIntervalSince1970: 1_800_000_000)
    let token = issuer.token(
      namespace: "n", name: "a", uid: "u", audiences: ["x"], issued: now, expires: now.addingTimeInterval(600))
    #expect(issuer.user(token: token, now: now)?.name == "system:serviceaccount:n:a")
    #expect(issuer.user(token: token, now: now.addingTimeInterval(601)) == nil)
    #expect(issuer.user(token: token + "x", now: now) == nil)
    #expect(TokenIssuer().user(token: token, now: now) == nil)
    #expect(issuer.user(token: issuer.adminToken, now: now) == .admin)
  }

  @Test("reviews answer who one is and what one may")
  func reviews() {
    var api = apiWithReader()
    let me = api.send(
      "POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews",
      ["apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"], as: reader)
    #expect(me.json[path: "status", "userInfo", "username"] == "system:serviceaccount:default:reader")
    for (verb, allowed) in [("list", true), ("delete", false)] {
      let answer = api.send(
        "POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
        [
          "apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview",
          "spec": ["resourceAttributes": ["verb": .string(verb), "resource": "pods", "namespace": "default"]],
        ], as: reader)
      #expect(answer.json[path: "status", "allowed"] == .bool(allowed))
    }
  }
}
