extension Routing.Ingress {
  func check(_ check: inout SpecCheck, at path: String, provider: Routing.Provider?) {
    if tlsSecret != nil, host == nil {
      check.report("\(path).tlsSecret", "needs the host that its certificate is for: set host")
    }
    switch provider ?? .ingress {
    case .gateway where gateway == nil:
      check.report("\(path).gateway", "route Gateway needs the Gateway to attach to: set gateway")
    case .ingress where gateway != nil:
      check.report("\(path).gateway", "belongs to route Gateway: set route to Gateway or remove gateway")
    default: break
    }
    check.duration(timeout, at: "\(path).timeout", positive: true)
  }

  public var routedPath: String { path ?? "/" }
}
