public import MLflow
public import Planning

/// Where a sweep's runs are kept: what its controller asks of MLflow, and nothing more.
public protocol RunStore: Sendable {
  /// The id of an experiment that is not deleted; nil where there is none of that name.
  func experiment(named name: String) async throws -> String?

  /// Whether what was just written may not be read here yet.
  func isReplica() async throws -> Bool

  /// The runs of these ids, in any order, with parameters, metrics and the tags of this project.
  ///
  /// - Parameter metrics: those whose extremes over all steps are wanted.
  func runs(_ ids: [String], extremesOf metrics: [String]) async throws -> [TaggedRun]

  /// All runs whose tag names a sweep's UID, the oldest first, those of folds and deleted ones among them; the known ones
  /// without their content.
  func runs(ofSweep uid: String, extremesOf metrics: [String], known: [String]) async throws -> [TaggedRun]

  /// The values of metrics after each cursor, in order of steps.
  func histories(_ cursors: [HistoryCursor]) async throws -> [HistoryCursor: [MetricPoint]]

  /// The models that a run has logged.
  func loggedModels(of run: String) async throws -> [LoggedModel]

  /// The version of a registered model that carries all these tags.
  func modelVersion(of model: String, tagged tags: [String: String]) async throws -> ModelVersion?

  /// Makes a change and returns the id of what was made, or found made. It may be called by several trials at a time.
  ///
  /// - Parameters:
  ///   - sweep: the sweep that asks for it, as `namespace/name`.
  ///   - looksFirst: whether a run is looked for before it is made: somebody else may have made it.
  func carryOut(_ record: SweepRecord, for sweep: String, looksFirst: Bool) async throws -> String?
}

/// The way to the runs of a tracking profile.
///
/// Throws `PostgresError` where the database's connection string cannot be used.
typealias RunStores = @Sendable (TrackingProfile) async throws -> any RunStore
