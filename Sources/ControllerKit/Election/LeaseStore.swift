public import CRDTypes
import KubernetesAPI
import Observability
import Threads

/// Where the lease lies: reads, and writes that succeed only if nobody else wrote since the read.
public protocol LeaseStore: Sendable {
  /// Nil where there is no lease.
  func read() async throws -> LeaseRecord?
  /// Writes a record that carries the resource version that was read, or creates the lease where it carries none.
  /// Returns the record as it now is, or nil where another was first.
  func write(_ record: LeaseRecord) async throws -> LeaseRecord?
}

/// A Lease object in the cluster.
public final class KubernetesLeaseStore: LeaseStore {
  private let client: any ObjectClient
  private let key: ObjectKey
  private let fieldManager: String
  private let last = Locked<DynamicObject?>(nil)

  public init(_ client: any ObjectClient, key: ObjectKey, fieldManager: String) {
    self.client = client
    self.key = key
    self.fieldManager = fieldManager
  }

  public func read() async throws -> LeaseRecord? {
    let lease = try await client.find(.lease, key)
    last.withLock { $0 = lease }
    return lease.map { LeaseRecord($0) }
  }

  public func write(_ record: LeaseRecord) async throws -> LeaseRecord? {
    let base = last.withLock { $0 }
    do {
      let written: DynamicObject
      if record.resourceVersion == nil {
        written = try await client.create(record.lease(key, base: nil), as: .lease, fieldManager: fieldManager)
      } else {
        written = try await client.replace(
          record.lease(key, base: base), as: .lease, subresource: nil, fieldManager: fieldManager)
      }
      last.withLock { $0 = written }
      return LeaseRecord(written)
    } catch let error as APIError where error.isConflict || error.isAlreadyExists || error.isNotFound {
      return nil
    }
  }
}
