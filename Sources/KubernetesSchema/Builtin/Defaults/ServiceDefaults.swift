import JSON

/// Defaults of services, with the address families of a cluster that knows IPv4 only.
enum ServiceDefaults {
  static func apply(to spec: inout JSONValue) {
    KindDefaults.each(&spec, "ports") { port in
      if port["targetPort"] == nil || port["targetPort"] == 0 || port["targetPort"] == "" {
        port["targetPort"] = port["port"]
      }
    }
    let type = spec["type"]?.string ?? ""
    if spec["sessionAffinity"] == "ClientIP" {
      KindDefaults.fill(&spec, "sessionAffinityConfig", ["clientIP": ["timeoutSeconds": 10800]])
    }
    guard type != "ExternalName" else { return }
    KindDefaults.fill(&spec, "internalTrafficPolicy", "Cluster")
    KindDefaults.fill(&spec, "ipFamilies", ["IPv4"])
    KindDefaults.fill(&spec, "ipFamilyPolicy", "SingleStack")
    if let address = spec["clusterIP"], spec["clusterIPs"] == nil { spec["clusterIPs"] = [address] }
    guard type == "NodePort" || type == "LoadBalancer" else { return }
    KindDefaults.fill(&spec, "externalTrafficPolicy", "Cluster")
    if type == "LoadBalancer" { KindDefaults.fill(&spec, "allocateLoadBalancerNodePorts", true) }
  }
}
