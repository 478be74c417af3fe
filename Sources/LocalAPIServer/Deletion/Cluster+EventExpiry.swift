import CRDTypes
import FoundationEssentials
import JSON

extension Cluster {
  /// How long Events are kept after their last write: upstream's `--event-ttl`.
  static let eventLifetime: TimeInterval = 3600

  /// How often old Events are looked for.
  static let eventSweepInterval: TimeInterval = 60

  /// Removes Events that nobody has written for their lifetime.
  mutating func expireEvents(now: Date) {
    let events = GroupResource(group: "", resource: "events")
    for event in store.objects(events) {
      let written =
        ManagedFields(event[meta: "managedFields"]).entries.compactMap(\.time).max()
        ?? event[meta: "creationTimestamp"]?.string
      guard let time = written.flatMap(Timestamp.date), now.timeIntervalSince(time) > Self.eventLifetime else {
        continue
      }
      remove(events, ObjectKey(namespace: event.namespace, name: event.name))
    }
  }
}
