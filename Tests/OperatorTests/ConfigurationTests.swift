import CRDTypes
import ControllerKit
import MLflow
import Testing

@testable import Operator

@Suite struct ConfigurationTests {
  private static let defaults = TrackingDefaults(
    uri: "http://mlflow", databaseURL: "postgresql://u:p@db/mlflow", credentials: .token("operators"),
    podURI: "http://mlflow.ml")

  @Test("A Secret with a server of its own gets none of the operator's credentials")
  func ownServer() throws {
    let profile = try Self.defaults.profile(
      overriddenBy: ["uri": "http://other", "database": "postgresql://other"], named: "s")
    #expect(profile.credentials == .none)
    #expect(profile.podURI == "http://other")
    #expect(profile.credentialsSecret == "s")
    #expect(!String(reflecting: profile).contains("postgresql"))
  }

  @Test("A Secret with credentials alone is for the operator's server")
  func credentials() throws {
    let profile = try Self.defaults.profile(overriddenBy: ["username": "a", "password": "b"], named: "s")
    #expect(profile.uri == "http://mlflow")
    #expect(profile.credentials == .basic(user: "a", password: "b"))
    #expect(profile.podURI == "http://mlflow.ml")
  }

  @Test(
    "A Secret that names a server without its database, or the other way round, is refused",
    arguments: [
      ["uri": "http://other"], ["databaseURL": "postgresql://other"],
    ])
  func half(fields: [String: String]) {
    #expect(throws: TrackingTrouble.self) { try Self.defaults.profile(overriddenBy: fields, named: "s") }
  }

  @Test("Without any configuration the message says what to set")
  func nothing() {
    do {
      _ = try TrackingDefaults().profile()
      Issue.record("a profile came out of nothing")
    } catch {
      #expect(error.message.contains("--tracking-uri"))
      #expect(error.message.contains("martlet-tracking"))
    }
  }

  @Test(
    "Addresses to listen on are read",
    arguments: [
      (":8081", BindAddress("0.0.0.0:8081")), ("127.0.0.1:0", BindAddress("127.0.0.1:0")),
      ("[::1]:80", BindAddress("[::1]:80")),
    ])
  func address(text: String, expected: BindAddress?) {
    #expect(expected != nil)
    #expect(BindAddress(text) == expected)
  }

  @Test("What is no address is refused", arguments: ["8081", ":x", ":70000", ""])
  func noAddress(text: String) {
    #expect(BindAddress(text) == nil)
  }

  @Test("The ClusterRole grants every verb once, and nothing to everything")
  func permissions() {
    var seen: Set<String> = []
    for permission in Permission.all {
      for resource in permission.resources {
        #expect(seen.insert("\(permission.group)/\(resource)").inserted)
        #expect(resource != "*")
      }
      #expect(!permission.verbs.contains("*"))
    }
    let caches = Caches(namespaces: [])
    for informer in caches.all {
      let rule = Permission.all.first { $0.group == informer.type.group && $0.resources.contains(informer.type.plural) }
      #expect(Set(["list", "watch"]).isSubset(of: rule?.verbs ?? []))
    }
  }
}
