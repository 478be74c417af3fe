import Testing

@testable import Planning

@Suite struct RouterConfigurationTests {
  private static func configuration(header: String?) -> RouterConfiguration {
    RouterConfiguration(
      assignment: .user(salt: "uid", header: header, cookie: "martlet_user"),
      backends: [.init(variant: "a", server: "10.0.0.1:80"), .init(variant: "b", server: "10.0.0.2:80")], control: "a")
  }

  @Test("The split is by the header, then by the cookie, then by a fresh cookie")
  func split() throws {
    let text = Self.configuration(header: "X-User-Id").text
    let start = try #require(text.firstRange(of: "frontend split\n")).upperBound
    let end = try #require(text.firstRange(of: "frontend metrics\n")).lowerBound
    #expect(
      String(text[start..<end]) == """
          bind "${POD_IP}:8080"
          http-request return status 200 content-type text/plain string "ok" if { path /_martlet/ready }
          http-request set-var(txn.user) req.hdr(X-User-Id)
          http-request set-var(txn.user) req.cook(martlet_user) unless { var(txn.user) -m len gt 0 }
          http-request set-var(txn.new) uuid() unless { var(txn.user) -m len gt 0 }
          http-request set-var(txn.user) var(txn.new) unless { var(txn.user) -m len gt 0 }
          http-request set-var(txn.bucket) str(uid:),concat(,txn.user,),xxh32(0),mod(10000)
          http-request set-var(txn.slot) var(txn.bucket),div(100)
          http-request set-var(txn.assigned) var(txn.slot),map(/etc/martlet-router/slots.map,a)
          http-request set-var(txn.variant) var(txn.assigned)
          http-request set-var(txn.variant) str(a) if { var(txn.assigned) -m str b } { nbsrv(variant_b) lt 1 }
          http-after-response set-header X-Martlet-Variant %[var(txn.variant)]
          http-after-response set-header X-Martlet-Assigned %[var(txn.assigned)]
          http-after-response add-header Set-Cookie "martlet_user=%[var(txn.new)]; Path=/; Max-Age=31536000; \
        HttpOnly; SameSite=Lax" if { var(txn.new) -m found }
          use_backend variant_%[var(txn.variant)]
          default_backend variant_a

        """)
  }

  @Test("Without a header the cookie alone names users")
  func cookie() {
    #expect(!Self.configuration(header: nil).text.contains("req.hdr(X-User-Id)"))
  }

  @Test("The token is never part of the configuration")
  func token() {
    #expect(Self.configuration(header: nil).text.contains("${MARTLET_CONTROL_TOKEN}"))
  }
}
