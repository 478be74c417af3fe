import ControllerKit
import CRDTypes
import JSON
import Observability
import Threads

extension ResourceType {
  static let widget = ResourceType(group: "martlet.dev", version: "v1alpha1", kind: "Widget", plural: "widgets")
}

/// An object in namespace `a`, with what a test adds to it.
func object(
  _ type: ResourceType, _ name: String, version: Int = 1, uid: String? = nil, in namespace: String? = "a"
) -> DynamicObject {
  var object = DynamicObject(type, ObjectKey(namespace: namespace, name: name))
  object.resourceVersion = String(version)
  object.json[path: "metadata", "uid"] = .string(uid ?? "\(type.plural)-\(name)")
  object.json[path: "metadata", "generation"] = 1
  return object
}

extension DynamicObject {
  func controlled(by type: ResourceType, _ name: String, uid: String? = nil) -> DynamicObject {
    var object = self
    object.ownerReferences = [
      OwnerReference(
        apiVersion: type.apiVersion, kind: type.kind, name: name, uid: uid ?? "\(type.plural)-\(name)",
        controller: true)
    ]
    return object
  }

  func labelled(_ labels: [String: String]) -> DynamicObject {
    var object = self
    object.labels = labels
    return object
  }

  func finalized(_ finalizers: String...) -> DynamicObject {
    var object = self
    object.finalizers = finalizers
    return object
  }

  func deleting() -> DynamicObject {
    var object = self
    object.json[path: "metadata", "deletionTimestamp"] = "2026-01-01T00:00:00Z"
    return object
  }

  func with(status: JSONValue) -> DynamicObject {
    var object = self
    object.status = status
    return object
  }
}

func key(_ name: String) -> ObjectKey { ObjectKey(namespace: "a", name: name) }

/// Keeps log lines for a test to read.
final class MemorySink: LogSink {
  private let store = Locked<[String]>([])
  var lines: [String] { store.withLock { $0 } }
  func write(_ line: [UInt8]) { store.withLock { $0.append(String(decoding: line, as: UTF8.self)) } }
}

/// What the code under test runs by.
struct Bench {
  let time = ManualTime()
  let sink = MemorySink()
  let metrics = MetricRegistry()

  var environment: ControllerEnvironment {
    ControllerEnvironment(
      time: time, log: Logger("test", to: LogOutput(level: .debug, sink: sink)), metrics: metrics, random: { 0 })
  }
}
