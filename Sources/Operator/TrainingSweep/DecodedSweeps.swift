import CRDTypes
import Threads

/// Sweeps as they were last decoded: between two writes of its status a sweep is planned for many times.
final class DecodedSweeps: Sendable {
  private struct Entry: Sendable {
    let uid: String
    let version: String
    let sweep: TrainingSweep
  }

  private let entries = Locked<[ObjectKey: Entry]>([:])

  /// Throws `MalformedResource` where the object is none.
  func sweep(_ object: DynamicObject) throws -> TrainingSweep {
    let (key, uid, version) = (object.key, object.uid, object.resourceVersion)
    if let known = entries.withLock({ $0[key] }), known.uid == uid, known.version == version, !version.isEmpty {
      return known.sweep
    }
    let sweep = try object.resource(TrainingSweep.self)
    entries.withLock { $0[key] = Entry(uid: uid, version: version, sweep: sweep) }
    return sweep
  }

  func forget(_ key: ObjectKey) { entries.withLock { $0[key] = nil } }
}
