extension BuiltinTypes {
  static let schedulingTypes = """
    Affinity
     nodeAffinity NodeAffinity
     podAffinity PodAffinity
     podAntiAffinity PodAntiAffinity
    NodeAffinity
     requiredDuringSchedulingIgnoredDuringExecution NodeSelector
     preferredDuringSchedulingIgnoredDuringExecution [PreferredSchedulingTerm]
    NodeSelector atomic
     nodeSelectorTerms [NodeSelectorTerm]!
    NodeSelectorTerm atomic
     matchExpressions [NodeSelectorRequirement]
     matchFields [NodeSelectorRequirement]
    NodeSelectorRequirement
     key string!
     operator string!
     values [string]
    PreferredSchedulingTerm
     weight int32!
     preference NodeSelectorTerm&
    PodAffinity
     requiredDuringSchedulingIgnoredDuringExecution [PodAffinityTerm]
     preferredDuringSchedulingIgnoredDuringExecution [WeightedPodAffinityTerm]
    PodAntiAffinity
     requiredDuringSchedulingIgnoredDuringExecution [PodAffinityTerm]
     preferredDuringSchedulingIgnoredDuringExecution [WeightedPodAffinityTerm]
    PodAffinityTerm
     labelSelector LabelSelector
     namespaces [string]
     topologyKey string!
     namespaceSelector LabelSelector
     matchLabelKeys [string]
     mismatchLabelKeys [string]
    WeightedPodAffinityTerm
     weight int32!
     podAffinityTerm PodAffinityTerm&
    Toleration
     key string
     operator string
     value string
     effect string
     tolerationSeconds int64*
    TopologySpreadConstraint
     maxSkew int32!
     topologyKey string!
     whenUnsatisfiable string!
     labelSelector LabelSelector
     minDomains int32*
     nodeAffinityPolicy string*
     nodeTaintsPolicy string*
     matchLabelKeys [string]

    """

  static let podStatusTypes = """
    PodStatus
     observedGeneration int64
     phase string
     conditions [PodCondition] map=type
     message string
     reason string
     nominatedNodeName string
     hostIP string
     hostIPs [HostIP] merge=ip
     podIP string
     podIPs [PodIP] map=ip
     startTime time
     initContainerStatuses [ContainerStatus]
     containerStatuses [ContainerStatus]
     qosClass string
     ephemeralContainerStatuses [ContainerStatus]
     resize string
     resourceClaimStatuses json
     allocatedResources {quantity}
     resources ResourceRequirements
     extendedResourceClaimStatus json
    HostIP
     ip string!
    PodIP
     ip string!
    PodCondition
     type string!
     observedGeneration int64
     status string!
     lastProbeTime time
     lastTransitionTime time
     reason string
     message string
    ContainerStatus
     name string!
     state ContainerState&
     lastState ContainerState&
     ready bool!
     restartCount int32!
     image string!
     imageID string!
     containerID string
     started bool*
     allocatedResources {quantity}
     resources ResourceRequirements
     volumeMounts json
     user json
     allocatedResourcesStatus json
     stopSignal string*
    ContainerState
     waiting ContainerStateWaiting
     running ContainerStateRunning
     terminated ContainerStateTerminated
    ContainerStateWaiting
     reason string
     message string
    ContainerStateRunning
     startedAt time
    ContainerStateTerminated
     exitCode int32!
     signal int32
     reason string
     message string
     startedAt time
     finishedAt time
     containerID string

    """
}
