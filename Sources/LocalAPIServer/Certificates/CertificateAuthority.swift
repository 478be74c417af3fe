import COpenSSL
import FoundationEssentials

/// A certificate authority of its own for a server on this machine: made at start, kept in memory only.
struct CertificateAuthority: Sendable {
  /// The authority's certificate, PEM.
  let certificatePEM: String
  /// The server's certificate, PEM.
  let serverCertificatePEM: String
  /// The server's private key, PEM.
  let serverKeyPEM: String

  struct Failure: Error, CustomStringConvertible {
    let step: String
    var description: String { "the certificate of the local API server could not be made: \(step) failed" }
  }

  /// Makes an authority and a server certificate for the names; `address` is an IP address that clients use.
  init(commonName: String = "martlet-local", names: [String], addresses: [String]) throws {
    let authorityKey = try Key()
    let authority = try Certificate(
      subject: "\(commonName)-ca", issuer: nil, key: authorityKey, signer: authorityKey,
      extensions: [
        (NID_basic_constraints, "critical,CA:TRUE"), (NID_key_usage, "critical,keyCertSign,cRLSign,digitalSignature"),
        (NID_subject_key_identifier, "hash"),
      ])
    let serverKey = try Key()
    let alternatives = names.map { "DNS:\($0)" } + addresses.map { "IP:\($0)" }
    let server = try Certificate(
      subject: commonName, issuer: authority, key: serverKey, signer: authorityKey,
      extensions: [
        (NID_basic_constraints, "critical,CA:FALSE"), (NID_key_usage, "critical,digitalSignature"),
        (NID_ext_key_usage, "serverAuth"), (NID_subject_alt_name, alternatives.joined(separator: ",")),
      ])
    certificatePEM = try authority.pem()
    serverCertificatePEM = try server.pem()
    serverKeyPEM = try serverKey.pem()
  }

  /// An elliptic-curve key (P-256).
  private final class Key {
    let pointer: OpaquePointer

    init() throws {
      guard let context = EVP_PKEY_CTX_new_id(EVP_PKEY_EC, nil) else { throw Failure(step: "EVP_PKEY_CTX_new_id") }
      defer { EVP_PKEY_CTX_free(context) }
      var made: OpaquePointer?
      guard EVP_PKEY_keygen_init(context) == 1,
        EVP_PKEY_CTX_set_ec_paramgen_curve_nid(context, NID_X9_62_prime256v1) == 1,
        EVP_PKEY_keygen(context, &made) == 1, let made
      else { throw Failure(step: "EVP_PKEY_keygen") }
      pointer = made
    }

    deinit { EVP_PKEY_free(pointer) }

    func pem() throws -> String {
      try CertificateAuthority.text { PEM_write_bio_PrivateKey($0, pointer, nil, nil, 0, nil, nil) }
    }
  }

  private final class Certificate {
    let pointer: OpaquePointer

    init(subject: String, issuer: Certificate?, key: Key, signer: Key, extensions: [(Int32, String)]) throws {
      guard let made = X509_new() else { throw Failure(step: "X509_new") }
      pointer = made
      let serial = UInt64.random(in: 1...UInt64(Int64.max))
      let year = 365 * 24 * 3600
      guard X509_set_version(made, 2) == 1, ASN1_INTEGER_set_uint64(X509_get_serialNumber(made), serial) == 1,
        X509_gmtime_adj(X509_getm_notBefore(made), -3600) != nil,
        X509_gmtime_adj(X509_getm_notAfter(made), 10 * year) != nil, X509_set_pubkey(made, key.pointer) == 1,
        let name = X509_get_subject_name(made),
        X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, subject, -1, -1, 0) == 1,
        X509_set_issuer_name(made, issuer.map { X509_get_subject_name($0.pointer) } ?? name) == 1
      else { throw Failure(step: "X509") }
      var context = X509V3_CTX()
      X509V3_set_ctx(&context, issuer?.pointer ?? made, made, nil, nil, 0)
      for (identifier, value) in extensions {
        guard let item = X509V3_EXT_conf_nid(nil, &context, identifier, value) else {
          throw Failure(step: "X509V3_EXT_conf_nid")
        }
        defer { X509_EXTENSION_free(item) }
        guard X509_add_ext(made, item, -1) == 1 else { throw Failure(step: "X509_add_ext") }
      }
      guard X509_sign(made, signer.pointer, EVP_sha256()) > 0 else { throw Failure(step: "X509_sign") }
    }

    deinit { X509_free(pointer) }

    func pem() throws -> String { try CertificateAuthority.text { PEM_write_bio_X509($0, pointer) } }
  }

  /// What is written into memory by OpenSSL.
  private static func text(_ write: (OpaquePointer) -> Int32) throws -> String {
    guard let memory = BIO_new(BIO_s_mem()) else { throw Failure(step: "BIO_new") }
    defer { BIO_free(memory) }
    guard write(memory) == 1 else { throw Failure(step: "PEM_write") }
    var out: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = BIO_read(memory, &buffer, Int32(buffer.count))
      if count <= 0 { break }
      out += buffer.prefix(Int(count))
    }
    return String(decoding: out, as: UTF8.self)
  }
}
