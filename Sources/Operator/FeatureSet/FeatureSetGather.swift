import CRDTypes
import FeatureStore
import Planning
import Postgres

/// Reads everything that is to be known about a feature set.
struct FeatureSetGather: Sendable {
  let databases: FeatureDatabases
  let journal: AttemptJournal

  /// Throws only what the API server says: trouble with the source is part of the observation.
  func read(_ resource: FeatureSet) async throws -> FeatureSetObservation {
    let definition = FeatureSetDefinition(resource)
    return FeatureSetObservation(
      source: try await source(resource, definition), version: definition.version, table: definition.onlineTable,
      attempt: journal.attempt(of: resource.key))
  }

  private func source(
    _ resource: FeatureSet, _ definition: FeatureSetDefinition
  ) async throws -> FeatureSetObservation.Source {
    // What the spec itself gets wrong need not be asked of a database.
    guard resource.spec.problems().isEmpty, resource.metadata.deletionTimestamp == nil else {
      return .checked(problems: [])
    }
    do {
      let pool = try await databases.source(of: resource)
      return .checked(problems: try await DefinitionCheck(definition).run(on: pool).map(\.description))
    } catch {
      guard let trouble = FeatureSetTrouble(error) else { throw error }
      return .unavailable(trouble.observed)
    }
  }
}

/// The databases that feature sets name.
struct FeatureDatabases: Sendable {
  let pools: DatabasePools
  let secrets: DatabaseSecret

  func source(of resource: FeatureSet) async throws -> PostgresPool {
    let key = ObjectKey(namespace: resource.metadata.namespace, name: resource.spec.source.secret)
    let configuration = try await secrets.configuration(key, field: "spec.source.secret")
    return try await pools.pool(for: configuration.setting("application_name", to: "martlet"))
  }

  func online(_ store: FeatureSet.PostgresStore, namespace: String?) async throws -> PostgresPool {
    let key = ObjectKey(namespace: namespace, name: store.secret)
    var configuration = try await secrets.configuration(key, field: "spec.online.postgres.secret")
    if let schema = store.schema, schema != "public" {
      // The schema's name is a plain one by the resource's own schema.
      configuration = configuration.setting("options", to: "-c search_path=\(schema),public")
    }
    return try await pools.pool(for: configuration.setting("application_name", to: "martlet"))
  }
}
