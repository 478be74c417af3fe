public import CRDTypes
import JSON
import KubernetesAPI
public import Planning

/// Carries out plans of one controller: the steps in order, lanes of them side by side, then the status, then the events.
///
/// It may be stopped between any two steps; carrying out the next plan completes what is missing. An error ends the
/// plan where it is, so that no step runs whose predecessor failed; lanes beside the one that failed come to their end.
public struct ApplyShell: Sendable {
  /// `martlet-<controller>`: who owns the fields that are applied.
  public let fieldManager: String
  /// `martlet.dev/<controller>`: who reports events.
  public let reporter: String
  private let client: any ObjectClient
  private let catalog: ResourceCatalog
  private let events: EventRecorder?
  private let observer: StepObserver
  private let volatile: Set<String>
  private let pacing: StatusPacing?
  private let width: Int
  private let writes = LatestWrites()

  /// - Parameters:
  ///   - controller: a name in lower case with dashes, such as `training-sweep`.
  ///   - catalog: the kinds that plans may create or apply.
  ///   - observer: asked before and told after each step; see `StepObserver`.
  ///   - volatileStatusFields: members of the status, at any depth, that alone do not call for a write.
  ///   - pacing: how often a status that tells of progress alone is written; at once where it is nil.
  ///   - width: so many lanes are carried out at a time.
  public init(
    client: any ObjectClient, controller: String, catalog: ResourceCatalog = ResourceCatalog(),
    events: EventRecorder? = nil, observer: StepObserver = StepObserver(),
    volatileStatusFields: Set<String> = ["lastTransitionTime"], pacing: StatusPacing? = nil,
    width: Int = 16
  ) {
    self.client = client
    self.catalog = catalog
    fieldManager = "martlet-\(controller)"
    reporter = "martlet.dev/\(controller)"
    self.events = events
    self.observer = observer
    volatile = volatileStatusFields
    self.pacing = pacing
    self.width = max(1, width)
  }

  /// A resource as it is to be planned for: as a cache has it, or, where the cache is behind the status that was written
  /// last, as the server answered to that.
  public func newest(of cached: DynamicObject, type: ResourceType) -> DynamicObject {
    writes.newest(of: cached, type)
  }

  /// Carries out a plan that asks for nothing outside Kubernetes.
  @discardableResult
  public func carryOut<Status: Codable & Sendable>(
    _ plan: Plan<Status, Never>, for resource: DynamicObject, type: ResourceType
  ) async throws -> Next {
    try await carryOut(plan, for: resource, type: type) { _ in }
  }

  /// Carries out a plan whose records have no names: no step waits for one.
  @discardableResult
  public func carryOut<Status: Codable & Sendable, Record: Sendable>(
    _ plan: Plan<Status, Record>, for resource: DynamicObject, type: ResourceType,
    record: @escaping @Sendable (Record) async throws -> Void
  ) async throws -> Next {
    try await carryOut(plan, for: resource, type: type, created: { _ in }) { change -> String? in
      try await record(change)
      return nil
    }
  }

  /// Carries out a plan.
  ///
  /// - Parameters:
  ///   - resource: the object that the plan is for, as it was observed.
  ///   - created: told of each object that a step has created, or found created, as the server has it.
  ///   - record: makes a change outside Kubernetes and says what the thing that it made is called, if it made one; it
  ///     must be idempotent, and is called by several lanes at a time.
  /// - Returns: when to plan again.
  @discardableResult
  public func carryOut<Status: Codable & Sendable, Record: Sendable>(
    _ plan: Plan<Status, Record>, for resource: DynamicObject, type: ResourceType,
    created: @escaping @Sendable (DynamicObject) -> Void,
    record: @escaping @Sendable (Record) async throws -> String?
  ) async throws -> Next {
    let run = PlanRun<Status, Record>(
      shell: self, resource: resource, type: type, width: width, observer: observer, created: created, record: record)
    try await run.carryOut(plan.steps)
    let resource = run.resource
    let wait = try await writeStatus(
      plan.status, of: resource, type: type, number: run.begun, isUrgent: !plan.events.isEmpty)
    for draft in plan.events { events?.record(draft, about: resource, of: type, from: reporter) }
    return wait.map { plan.next.earliest(.after($0)) } ?? plan.next
  }

  /// Returns the object as the server has it.
  func create(_ object: DynamicObject) async throws -> DynamicObject {
    let type = try type(of: object)
    do {
      return try await client.create(object, as: type, fieldManager: fieldManager)
    } catch let error as APIError where error.isAlreadyExists {
      let reference = ObjectReference(type, object.key)
      guard let existing = try await client.find(type, object.key), !existing.isDeleting else {
        throw ApplyError(object: reference, problem: .beingDeleted)
      }
      guard let wanted = object.controllerReference?.uid, existing.controllerReference?.uid == wanted else {
        throw ApplyError(object: reference, problem: .nameTaken(by: existing.controllerReference))
      }
      return existing
    }
  }

  func patch(_ reference: ObjectReference, _ patch: JSONValue) async throws {
    _ = try await client.patch(
      reference.type, reference.key, .merge(patch), subresource: nil, fieldManager: fieldManager)
  }

  func apply(_ object: DynamicObject) async throws {
    let type = try type(of: object)
    _ = try await client.apply(object, as: type, fieldManager: fieldManager, force: true, subresource: nil)
  }

  func delete(_ reference: ObjectReference, uid: String?) async throws {
    do {
      try await client.delete(reference.type, reference.key, options: DeleteOptions(uid: uid))
    } catch let error as APIError where error.isNotFound || (uid != nil && error.isConflict) {
      // Gone, or another object has the name now: both mean that the one that was meant is gone.
    }
  }

  func set(
    _ finalizer: Finalizer, present: Bool, on resource: DynamicObject, type: ResourceType
  ) async throws -> DynamicObject {
    let patch = present ? finalizer.addition(to: resource) : finalizer.removal(from: resource)
    guard let patch else { return resource }
    do {
      return try await client.patch(
        type, resource.key, .json(patch), subresource: nil, fieldManager: fieldManager)
    } catch let error as APIError where error.isNotFound && !present {
      return resource
    } catch let error as APIError where error.isInvalid {
      // The test failed: the finalizers are no longer those that were observed.
      throw ApplyError(object: ObjectReference(type, resource.key), problem: .outdated(error.message))
    }
  }

  /// Returns how long the write is put off, where it is.
  private func writeStatus<Status: Codable & Sendable>(
    _ status: Status, of resource: DynamicObject, type: ResourceType, number: Int, isUrgent: Bool
  ) async throws -> Duration? {
    // With its last finalizer an object that is being deleted is gone.
    if resource.isDeleting, resource.finalizers.isEmpty { return nil }
    let write = try StatusWrite(status, of: resource, volatile: volatile)
    guard write.isNeeded else { return nil }
    if !isUrgent, !write.isUrgent, let wait = pacing?.wait(for: resource.uid) { return wait }
    try await observer.before(number)
    do {
      let written = try await client.apply(
        write.manifest, as: type, fieldManager: fieldManager, force: true, subresource: "status")
      writes.note(written, type)
    } catch let error as APIError where error.isNotFound {
      // Deleted meanwhile: nobody is left to read it.
    }
    pacing?.wrote(resource.uid)
    try await observer.after(number)
    return nil
  }

  private func type(of object: DynamicObject) throws -> ResourceType {
    guard let type = catalog.type(of: object) else {
      let type = ResourceType(group: "", version: object.apiVersion, kind: object.kind, plural: "")
      throw ApplyError(object: ObjectReference(type, object.key), problem: .unknownKind)
    }
    return type
  }
}
