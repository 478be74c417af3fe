import CRDTypes
import Testing

@Suite("What is said about a FeatureSet")
struct FeatureSetValidationTests {
  static let base = """
    entity: {name: user, keys: [{name: user_id, type: String}]}
    source: {secret: s, table: t, timestamp: at}
    features: [{name: age, type: Int64}, {name: city, type: String}]
    online: {postgres: {secret: o}}
    """

  static let patches: [SpecPatch] = [
    SpecPatch("{}"),
    SpecPatch("entity: {keys: []}", "spec.entity.keys: is empty: name the columns that name an entity"),
    SpecPatch(
      "features: [{name: age, type: Int64}, {name: age, type: Int64}]",
      "spec.features[age]: is there more than once: rename or remove one"),
    SpecPatch(
      "features: [{name: user_id, type: String}]",
      "spec.features[user_id].name: is a key of the entity: rename the feature and give the column as sql"),
    SpecPatch(
      "features: [{name: _event_time, type: Timestamp}]",
      "spec.features[_event_time].name: _created_time and _event_time are columns of the online table: "
        + "rename the feature"),
    SpecPatch(
      "entity: {keys: [{name: _event_time, type: Timestamp}]}",
      "spec.entity.keys[_event_time].name: is a column of the online table: rename it in a view"),
    SpecPatch("ttl: 30 days", "spec.ttl: \"30 days\" is not a duration: write one such as 90s, 5m, 1h30m or 14d"),
    SpecPatch(
      "online: {redis: {secret: r}}",
      "spec.online: exactly one of postgres and redis must be set; postgres and redis are"),
    SpecPatch("online: {every: 0s}", "spec.online.every: must be longer than 0: raise it"),
    SpecPatch(
      "{online: null, maxLag: 5m}", "spec.maxLag: is about the online store: set online or remove maxLag"),
    SpecPatch(
      "checks: [{feature: height, min: '0'}]",
      "spec.checks[height].feature: there is no such feature: the set has age and city"),
    SpecPatch("checks: [{feature: age}]", "spec.checks[age]: needs a limit: set nullFraction, min or max"),
    SpecPatch(
      "checks: [{feature: age, nullFraction: '2', min: '5', max: '1'}]",
      "spec.checks[age].nullFraction: must be from 0 to 1", "spec.checks[age].min: is above max: lower min or raise max"
    ),
    SpecPatch(
      "checks: [{feature: city, min: '5'}]",
      "spec.checks[city]: city is a String, which has no min and max: remove them"),
  ]

  @Test("Each problem, with its field and what to do", arguments: patches)
  func problem(patch: SpecPatch) throws {
    #expect(try patch.found(in: Self.base, as: FeatureSet.Spec.self) == patch.problems)
  }
}
