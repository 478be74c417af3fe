import Postgres
import Testing

@Suite("Connections from the keys of a Secret")
struct SecretTests {
  @Test("A uri counts before the single fields")
  func uri() throws {
    let fields = ["uri": " postgresql://u:p@db:6432/shop\n", "host": "other"]
    let configuration = try PostgresConfiguration(fields: { fields[$0] })
    #expect("\(configuration)" == "u@db:6432/shop")
    #expect(configuration.hasPassword)
  }

  @Test("Single fields need no quoting, and white space around a value is no part of it")
  func fields() throws {
    let fields = ["host": "db\n", "port": "6432\n", "username": "o'neil", "password": "a b'\\\n", "database": "my shop"]
    let configuration = try PostgresConfiguration(fields: { fields[$0] })
    #expect("\(configuration)" == "o'neil@db:6432/my shop")
    #expect(configuration.hasPassword)
  }

  @Test("A Secret without uri and host is refused by naming them, without a value")
  func neither() {
    let fields = ["password": "swordfish"]
    #expect {
      try PostgresConfiguration(fields: { fields[$0] })
    } throws: { "\($0)".contains("uri") && !"\($0)".contains("swordfish") }
  }
}
