import CRDTypes
import FoundationEssentials
import JSON

extension Cluster {
  /// What the control plane does when an object changes: the parts that upstream leaves to controllers and that
  /// clients take for granted.
  mutating func react(to event: StoredEvent, of resource: GroupResource, now: Date) {
    switch resource {
    case .namespaces: namespaceChanged(event, now: now)
    case .customResourceDefinitions: definitionChanged(event, now: now)
    default: break
    }
    guard event.kind == .deleted else { return }
    if let namespace = event.key.namespace {
      finishNamespace(namespace)
      if resource == .configMaps || resource == .serviceAccounts { furnish(namespace, now: now) }
    }
    finishDefinition(resource)
  }

  private mutating func namespaceChanged(_ event: StoredEvent, now: Date) {
    let name = event.key.name
    switch event.kind {
    case .added: furnish(name, now: now)
    case .modified where event.object.isTerminating && event.previous?.isTerminating != true:
      empty(name, now: now)
      finishNamespace(name)
    case .modified, .deleted: break
    }
  }

  /// Gives a namespace what every namespace has: the ConfigMap with the cluster's root certificate, and the
  /// ServiceAccount `default`.
  private mutating func furnish(_ namespace: String, now: Date) {
    guard let found = store.object(.namespaces, ObjectKey(namespace: nil, name: namespace)), !found.isTerminating else {
      return
    }
    ensure(
      .configMaps, apiVersion: "v1", kind: "ConfigMap", namespace: namespace, name: "kube-root-ca.crt",
      content: [
        "data": ["ca.crt": .string(identity.authorityPEM)],
        "metadata": [
          "annotations": [
            "kubernetes.io/description": .string(
              "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such "
                + "as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across "
                + "distributions of Kubernetes clusters.")
          ]
        ],
      ], now: now)
    ensure(
      .serviceAccounts, apiVersion: "v1", kind: "ServiceAccount", namespace: namespace, name: "default",
      content: [:], now: now)
  }

  /// Makes an object of the server's own unless it is there.
  mutating func ensure(
    _ resource: GroupResource, apiVersion: String, kind: String, namespace: String?, name: String,
    content: JSONValue, now: Date
  ) {
    guard store.object(resource, ObjectKey(namespace: namespace, name: name)) == nil else { return }
    var object = content
    object["apiVersion"] = .string(apiVersion)
    object["kind"] = .string(kind)
    object[meta: "name"] = .string(name)
    if let namespace { object[meta: "namespace"] = .string(namespace) }
    object[meta: "uid"] = .string(UUID().uuidString.lowercased())
    object[meta: "creationTimestamp"] = .string(Timestamp.text(now))
    put(resource, object)
  }

  /// Deletes all content of a namespace.
  private mutating func empty(_ namespace: String, now: Date) {
    for resource in registry.storages where resource.isNamespaced {
      for object in store.objects(resource.storage, namespace: namespace) {
        _ = deleteObject(resource.served(object), resource, DeleteOptions.background, now: now)
      }
    }
  }

  /// Removes a namespace that is on its way out once nothing is left in it.
  private mutating func finishNamespace(_ namespace: String) {
    let key = ObjectKey(namespace: nil, name: namespace)
    guard let found = store.object(.namespaces, key), found.isTerminating else { return }
    guard !store.resources.contains(where: { !store.objects($0, namespace: namespace).isEmpty }) else { return }
    if found.finalizers.isEmpty {
      remove(.namespaces, key)
    } else if found[path: "spec", "finalizers"] != nil {
      var object = found
      object[path: "spec", "finalizers"] = nil
      put(.namespaces, object)
    }
  }

  // MARK: Custom resources

  private mutating func definitionChanged(_ event: StoredEvent, now: Date) {
    forgetDocuments()
    guard event.kind != .deleted else {
      registry.setCustom([], of: event.key.name)
      return
    }
    let crd = event.object
    if crd.isTerminating {
      guard event.previous?.isTerminating != true else { return }
      for resource in registry.custom[crd.name] ?? [] {
        for object in store.objects(resource.storage) {
          _ = deleteObject(resource.served(object), resource, DeleteOptions.background, now: now)
        }
      }
      if let storage = registry.custom[crd.name]?.first?.storage { finishDefinition(storage) }
      return
    }
    guard event.previous == nil || event.previous?["spec"] != crd["spec"] else { return }
    // The CRD was validated when it was written; what cannot be served is not accepted.
    let resources = (try? CustomResources.resources(of: crd)) ?? []
    registry.setCustom(resources, of: crd.name)
    let status = DefinitionStatus.status(of: crd, isServed: !resources.isEmpty, now: Timestamp.text(now))
    guard crd["status"] != status else { return }
    var accepted = crd
    accepted["status"] = status
    put(.customResourceDefinitions, accepted)
  }

  /// Lets a deleted CRD go once its last object is gone.
  private mutating func finishDefinition(_ resource: GroupResource) {
    let key = ObjectKey(namespace: nil, name: resource.description)
    guard let crd = store.object(.customResourceDefinitions, key), crd.isTerminating,
      store.objects(resource).isEmpty
    else { return }
    var object = crd
    let rest = crd.finalizers.filter { $0 != Self.crdFinalizer }
    guard rest.count != crd.finalizers.count else { return }
    object[meta: "finalizers"] = rest.isEmpty ? nil : JSONValue(rest)
    if rest.isEmpty { remove(.customResourceDefinitions, key) } else { put(.customResourceDefinitions, object) }
  }
}

extension DeleteOptions {
  static let background: DeleteOptions = {
    var options = DeleteOptions()
    options.propagation = .background
    return options
  }()
}
