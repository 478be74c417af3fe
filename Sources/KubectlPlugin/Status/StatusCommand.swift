import ArgumentParser
import CRDTypes
import FoundationEssentials
import JSON
import KubernetesAPI

struct StatusCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Shows sweeps, deployments, experiments and feature sets, what is wrong with them and what to do.",
    usage: "kubectl martlet status [<kind>] [<name>] [options]")

  @Argument(help: "A kind, such as trainingsweeps or sweep; all four by default.")
  var kind: String?

  @Argument(help: "The name of one object; all by default.")
  var name: String?

  @Flag(name: [.customShort("A"), .long], help: "Looks in all namespaces.")
  var allNamespaces = false

  @Option(name: [.short, .long], help: "How to print: table or json.")
  var output = OutputFormat.table

  @OptionGroup var cluster: ClusterOptions

  func validate() throws {
    if name != nil, allNamespaces {
      throw ValidationError("a name is looked up in one namespace: leave out --all-namespaces or the name")
    }
  }

  func run() async throws {
    let definitions = try kind.map { [try KindName.find($0)] } ?? ResourceDefinition.all
    try await cluster.withClient { client in
      let namespace = allNamespaces ? nil : cluster.namespace(of: client)
      var sections: [StatusReport.Section] = []
      for definition in definitions {
        sections.append(
          StatusReport.Section(
            definition: definition, objects: try await objects(of: definition.type, in: namespace, client)))
      }
      let report = StatusReport(sections: sections, showsNamespace: allNamespaces, now: Date())
      switch output {
      case .table: print(report.table())
      case .json: print(report.json().text(indent: 2))
      }
    }
  }

  private func objects(
    of type: ResourceType, in namespace: String?, _ client: KubernetesClient
  ) async throws -> [DynamicObject] {
    do {
      if let name { return [try await client.get(type, ObjectKey(namespace: namespace, name: name))] }
      return try await client.list(type, namespace: namespace).items.sorted { $0.key < $1.key }
    } catch let error as APIError where error.isNotFound && name == nil {
      throw Complaint("the cluster does not know \(type.qualifiedName): install Martlet's CRDs (kubectl apply -f crds)")
    } catch let error as APIError where error.isNotFound {
      throw Complaint("there is no \(type.kind) \(name ?? "") in namespace \(namespace ?? "")")
    }
  }
}
