import CRDTypes
import FeatureStore

/// The definition of a feature set whose online table is there to be read.
enum OnlineDefinition {
  /// Throws `Complaint` where nothing is online, or what is online was made from another definition.
  static func of(_ resource: FeatureSet) throws -> FeatureSetDefinition {
    let name = resource.metadata.name ?? ""
    guard let online = resource.spec.online, online.postgres != nil else {
      throw Complaint(
        resource.spec.online == nil
          ? "FeatureSet \(name) is for training only: it has no spec.online"
          : "FeatureSet \(name) is online in Redis; this version of the plugin reads PostgreSQL")
    }
    let definition = FeatureSetDefinition(resource)
    guard resource.status?.table != nil else {
      throw Complaint(
        "FeatureSet \(name) is not online yet: see its condition Materialized (kubectl martlet status fset \(name))")
    }
    if let version = resource.status?.version, version != definition.version {
      throw Complaint(
        """
        FeatureSet \(name) was changed, and what is online is from before (version \(version), now \
        \(definition.version)): try again when its condition Materialized is True
        """)
    }
    return definition
  }
}
