import COpenSSL
import FoundationEssentials
import JSON

/// Issues and checks bearer tokens: the administrator's fixed one, and signed tokens of ServiceAccounts
/// (JSON Web Tokens, RFC 7519, with HMAC-SHA256).
struct TokenIssuer: Sendable {
  /// The administrator's token.
  let adminToken: String
  private let key: [UInt8]

  static let issuer = "https://kubernetes.default.svc.cluster.local"

  init() {
    var random = SystemRandomNumberGenerator()
    func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &random) } }
    key = bytes(32)
    adminToken = bytes(24).map { byte in
      let text = String(byte, radix: 16)
      return text.count == 1 ? "0" + text : text
    }.joined()
  }

  /// A token of a ServiceAccount.
  func token(
    namespace: String, name: String, uid: String, audiences: [String], issued: Date, expires: Date
  ) -> String {
    let header: JSONValue = ["alg": "HS256", "typ": "JWT"]
    let claims: JSONValue = [
      "iss": .string(Self.issuer), "aud": JSONValue(audiences), "iat": .integer(Int64(issued.timeIntervalSince1970)),
      "exp": .integer(Int64(expires.timeIntervalSince1970)),
      "sub": .string("system:serviceaccount:\(namespace):\(name)"),
      "kubernetes.io": [
        "namespace": .string(namespace), "serviceaccount": ["name": .string(name), "uid": .string(uid)],
      ],
    ]
    let signed = "\(Self.base64URL(header.bytes())).\(Self.base64URL(claims.bytes()))"
    return "\(signed).\(Self.base64URL(signature(signed)))"
  }

  /// The user of a token that is valid now.
  func user(token: String, now: Date) -> User? {
    if Self.equal(Array(token.utf8), Array(adminToken.utf8)) { return .admin }
    let parts = token.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 3, let given = Self.decoded(parts[2]),
      Self.equal(given, signature("\(parts[0]).\(parts[1])")), let payload = Self.decoded(parts[1]),
      let claims = try? JSONValue(parsing: payload), let expires = claims["exp"]?.integer,
      Double(expires) > now.timeIntervalSince1970, let account = claims["kubernetes.io"],
      let namespace = account["namespace"]?.string, let name = account[path: "serviceaccount", "name"]?.string
    else { return nil }
    return .serviceAccount(
      namespace: namespace, name: name, uid: account[path: "serviceaccount", "uid"]?.string ?? "")
  }

  private func signature(_ text: String) -> [UInt8] {
    let bytes = Array(text.utf8)
    var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    var length: UInt32 = 0
    _ = HMAC(EVP_sha256(), key, Int32(key.count), bytes, bytes.count, &digest, &length)
    return Array(digest.prefix(Int(length)))
  }

  /// Compares in time that does not depend on where the texts differ.
  private static func equal(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    guard left.count == right.count else { return false }
    return zip(left, right).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
  }

  private static func base64URL(_ bytes: [UInt8]) -> String {
    String(
      Data(bytes).base64EncodedString().compactMap { character -> Character? in
        switch character {
        case "+": "-"
        case "/": "_"
        case "=": nil
        default: character
        }
      })
  }

  private static func decoded(_ text: String) -> [UInt8]? {
    var base64 = String(text.map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 })
    while base64.utf8.count % 4 != 0 { base64.append("=") }
    return Data(base64Encoded: base64).map { Array($0) }
  }
}
