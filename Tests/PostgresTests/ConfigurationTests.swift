import Postgres
import Testing

@Suite("Connection strings")
struct ConfigurationTests {
  @Test(
    "URLs and keyword strings say where the database is",
    arguments: [
      "postgresql://ann:s3cret%40x@db.example:5433/ml?sslmode=verify-full",
      "postgres://ann:s3cret%40x@db.example:5433/ml?sslmode=verify-full",
      "postgresql+psycopg2://ann:s3cret%40x@db.example:5433/ml?sslmode=verify-full\n",
      "host=db.example port=5433 dbname=ml user=ann password='s3cret@x' sslmode=verify-full",
    ])
  func parts(text: String) throws {
    let place = try PostgresConfiguration(text)
    #expect(place.host == "db.example")
    #expect(place.port == "5433")
    #expect(place.database == "ml")
    #expect(place.user == "ann")
    #expect(place.sslMode == "verify-full")
    #expect(place.hasPassword)
    #expect(place.connectTimeout == .seconds(10))
  }

  @Test("parts make the same as a string")
  func fromParts() throws {
    let place = PostgresConfiguration(
      host: "db", port: "5433", user: "ann", password: "s3cret", database: "ml", sslMode: "require")
    #expect(try place == PostgresConfiguration("postgresql://ann:s3cret@db:5433/ml?sslmode=require"))
  }

  @Test("no printed form holds the password")
  func redacted() throws {
    let place = try PostgresConfiguration("postgresql://ann:s3cret@db.example/ml")
    var dumped = ""
    dump(place, to: &dumped)
    for text in ["\(place)", String(reflecting: place), dumped] {
      #expect(!text.contains("s3cret"))
      #expect(text.contains("db.example"))
    }
  }

  @Test(
    "a string that cannot be read is refused without being quoted",
    arguments: [
      "", "  \n", "postgresql://ann:s3cret@db:x/ml?x", "postgresql://ann:s3%zzcret@db/ml", "host=db password=s3 cret",
      "mysql://ann:s3cret@db/ml", "postgresql://ann:s3cret@db/ml?nosuch=s3cret", "s3cret", "host=db\u{0}s3cret",
    ])
  func refused(text: String) throws {
    let error = #expect(throws: PostgresError.self) { try PostgresConfiguration(text) }
    #expect(error?.code == .invalidConfiguration)
    #expect(error.map { "\($0)".contains("cret") } == false)
    #expect(error.map { "\($0)".contains("s3") } == false)
  }

  @Test("connect_timeout sets the time to connect")
  func connectTimeout() throws {
    #expect(try PostgresConfiguration("postgresql://h/d?connect_timeout=3").connectTimeout == .seconds(3))
  }

  @Test("the same database is recognised whoever signs in")
  func sameDatabase() throws {
    let one = try PostgresConfiguration("postgresql://ann:x@db/ml")
    #expect(try one.isSameDatabase(as: PostgresConfiguration("host=db port=5432 dbname=ml user=bob")))
    #expect(!one.isSameDatabase(as: one.connecting(to: "other")))
  }
}
