extension BuiltinTypes {
  static let coreTypes = """
    ConfigMap -- Configuration data for pods to consume.
     immutable bool* -- Whether the data may no longer change.
     data {string} -- The data, as UTF-8 text.
     binaryData {bytes} -- The data that is not UTF-8 text.
    Secret -- Secret data of a certain type.
     immutable bool*
     data {bytes} -- The data, base64-encoded.
     stringData {string} -- Data in plain text, for writing only.
     type string =Opaque
    Service -- A named abstraction of a software service.
     spec ServiceSpec&
     status ServiceStatus&
    ServiceSpec
     ports [ServicePort] map=port,protocol
     selector {string} atomic
     clusterIP string
     clusterIPs [string]
     type string =ClusterIP
     externalIPs [string]
     sessionAffinity string =None
     loadBalancerIP string
     loadBalancerSourceRanges [string]
     externalName string
     externalTrafficPolicy string
     healthCheckNodePort int32
     publishNotReadyAddresses bool
     sessionAffinityConfig SessionAffinityConfig
     ipFamilies [string]
     ipFamilyPolicy string*
     allocateLoadBalancerNodePorts bool*
     loadBalancerClass string*
     internalTrafficPolicy string*
     trafficDistribution string*
    SessionAffinityConfig
     clientIP ClientIPConfig
    ClientIPConfig
     timeoutSeconds int32*
    ServicePort
     name string
     protocol string =TCP
     appProtocol string*
     port int32!
     targetPort intstr
     nodePort int32
    ServiceStatus
     loadBalancer LoadBalancerStatus&
     conditions [Condition] map=type
    LoadBalancerStatus
     ingress [LoadBalancerIngress]
    LoadBalancerIngress
     ip string
     hostname string
     ipMode string*
     ports json
    ServiceAccount -- An identity for processes that run in pods.
     secrets [ObjectReference] map=name
     imagePullSecrets [LocalObjectReference]
     automountServiceAccountToken bool*
    Namespace -- A scope for names.
     spec NamespaceSpec&
     status NamespaceStatus&
    NamespaceSpec
     finalizers [string]
    NamespaceStatus
     phase string
     conditions [NamespaceCondition] map=type
    NamespaceCondition
     type string!
     status string!
     lastTransitionTime time
     reason string
     message string
    Endpoints -- Addresses that implement a service.
     subsets [EndpointSubset]
    EndpointSubset
     addresses [EndpointAddress]
     notReadyAddresses [EndpointAddress]
     ports [EndpointPort]
    EndpointAddress atomic
     ip string!
     hostname string
     nodeName string*
     targetRef ObjectReference
    EndpointPort atomic
     name string
     port int32!
     protocol string =TCP
     appProtocol string*
    Event -- A report of an event somewhere in the cluster.
     involvedObject ObjectReference& -- The object that the event is about.
     reason string
     message string
     source EventSource&
     firstTimestamp time
     lastTimestamp time
     count int32
     type string
     eventTime time
     series CoreEventSeries
     action string
     related ObjectReference
     reportingComponent string*
     reportingInstance string*
    EventSource
     component string
     host string
    CoreEventSeries
     count int32
     lastObservedTime time
    ResourceQuota -- Limits on what a namespace may use.
     spec ResourceQuotaSpec&
     status ResourceQuotaStatus&
    ResourceQuotaSpec
     hard {quantity}
     scopeSelector json
     scopes [string]
    ResourceQuotaStatus
     hard {quantity}
     used {quantity}
    LimitRange -- Limits for each kind of resource in a namespace.
     spec LimitRangeSpec&
    LimitRangeSpec
     limits [LimitRangeItem]!
    LimitRangeItem
     type string!
     max {quantity}
     min {quantity}
     default {quantity}
     defaultRequest {quantity}
     maxLimitRequestRatio {quantity}
    Binding
     target ObjectReference&

    """

  static let nodeTypes = """
    Node -- A worker machine.
     spec NodeSpec&
     status NodeStatus&
    NodeSpec
     podCIDR string
     podCIDRs [string] set merge
     providerID string
     unschedulable bool
     taints [Taint]
     configSource json
     externalID string
    Taint
     key string!
     value string
     effect string!
     timeAdded time
    NodeStatus
     capacity {quantity}
     allocatable {quantity}
     phase string
     conditions [NodeCondition] map=type
     addresses [NodeAddress] map=type
     daemonEndpoints NodeDaemonEndpoints&
     nodeInfo NodeSystemInfo&
     images [ContainerImage]
     volumesInUse [string]
     volumesAttached json
     config json
     runtimeHandlers json
     features json
     declaredFeatures [string]
    NodeCondition
     type string!
     status string!
     lastHeartbeatTime time
     lastTransitionTime time
     reason string
     message string
    NodeAddress
     type string!
     address string!
    NodeDaemonEndpoints
     kubeletEndpoint DaemonEndpoint&
    DaemonEndpoint
     Port int32!
    NodeSystemInfo
     machineID string!
     systemUUID string!
     bootID string!
     kernelVersion string!
     osImage string!
     containerRuntimeVersion string!
     kubeletVersion string!
     kubeProxyVersion string!
     operatingSystem string!
     architecture string!
     swap json
    ContainerImage
     names [string]
     sizeBytes int64

    """
}
