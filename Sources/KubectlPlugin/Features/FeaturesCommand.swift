import ArgumentParser
import CRDTypes
import FeatureStore
import FoundationEssentials
import JSON
import KubernetesAPI
import Postgres

struct FeaturesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "features", abstract: "Reads features from the online store.", subcommands: [FeaturesGetCommand.self])
}

struct FeaturesGetCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "get",
    abstract: "Shows an entity's features as a model would be given them now.",
    usage: "kubectl martlet features get <feature-set> --key <name=value> [--key ...] [options]",
    discussion: """
      The connection is read from the Secret that the feature set names, with your own rights, and the database must \
      be reachable from this machine; --uri names another way to it, such as a forwarded port.
      """)

  @Argument(help: "The name of a FeatureSet.")
  var featureSet: String

  @Option(help: ArgumentHelp("A key of the entity; one for each key.", valueName: "name=value"))
  var key: [String] = []

  @Option(help: ArgumentHelp("A feature to show; all by default. May be repeated.", valueName: "name"))
  var feature: [String] = []

  @Option(help: "A connection string for the online database, instead of the Secret's.")
  var uri: String?

  @Option(name: [.short, .long], help: "How to print: table or json.")
  var output = OutputFormat.table

  @OptionGroup var cluster: ClusterOptions

  func run() async throws {
    try await cluster.withClient { client in
      let resource = try await find(client)
      let definition = try OnlineDefinition.of(resource)
      let entity = try EntityKey(key, for: definition)
      let pool = try PostgresPool(try await configuration(resource, client), limits: PoolLimits(connections: 1))
      let report: FeatureReport
      do {
        let reader = FeatureReader(definition, from: pool)
        let now = Date()
        let rows = try await reader.read([entity.values], features: feature.isEmpty ? nil : feature, at: now)
        guard let row = rows.first else { throw Complaint("the database gave no answer for the entity") }
        let names = feature.isEmpty ? definition.features.map(\.name) : feature
        report = FeatureReport(
          featureSet: featureSet, definition: definition, entity: entity, names: names, row: row, now: now)
      } catch {
        await pool.close()
        throw error
      }
      await pool.close()
      switch output {
      case .table: print(report.table())
      case .json: print(report.json().text(indent: 2))
      }
    }
  }

  private func find(_ client: KubernetesClient) async throws -> FeatureSet {
    let namespace = cluster.namespace(of: client)
    let key = ObjectKey(namespace: namespace, name: featureSet)
    guard let resource = try await client.find(FeatureSet.self, key) else {
      throw Complaint("there is no FeatureSet \(featureSet) in namespace \(namespace)")
    }
    return resource
  }

  private func configuration(_ resource: FeatureSet, _ client: KubernetesClient) async throws -> PostgresConfiguration {
    guard let store = resource.spec.online?.postgres else {
      throw Complaint("FeatureSet \(featureSet) has no online store in PostgreSQL (spec.online.postgres)")
    }
    let configuration: PostgresConfiguration
    if let uri {
      configuration = try PostgresConfiguration(uri)
    } else {
      let key = ObjectKey(namespace: resource.metadata.namespace, name: store.secret)
      guard let secret = try await client.find(Core.Secret.self, key) else {
        throw Complaint("FeatureSet \(featureSet) names the Secret \(key), which does not exist")
      }
      do {
        configuration = try PostgresConfiguration(fields: secret.value)
      } catch {
        throw Complaint("Secret \(key): \(error.message)")
      }
    }
    guard let schema = store.schema, schema != "public" else { return configuration }
    // The schema's name is a plain one by the resource's own schema.
    return configuration.setting("options", to: "-c search_path=\(schema),public")
  }
}
