extension BuiltinTypes {
  static let networkingTypes = """
    Ingress -- Rules that let inbound connections reach services.
     spec IngressSpec&
     status IngressStatus&
    IngressSpec
     ingressClassName string*
     defaultBackend IngressBackend
     tls [IngressTLS]
     rules [IngressRule]
    IngressBackend
     service IngressServiceBackend
     resource TypedLocalObjectReference
    IngressServiceBackend
     name string!
     port ServiceBackendPort&
    ServiceBackendPort atomic
     name string
     number int32
    IngressTLS
     hosts [string]
     secretName string
    IngressRule
     host string
     http HTTPIngressRuleValue
    HTTPIngressRuleValue
     paths [HTTPIngressPath]!
    HTTPIngressPath
     path string
     pathType string!
     backend IngressBackend!&
    IngressStatus
     loadBalancer LoadBalancerStatus&
    IngressClass -- The class of an Ingress and its controller.
     spec IngressClassSpec&
    IngressClassSpec
     controller string
     parameters IngressClassParametersReference
    IngressClassParametersReference
     apiGroup string*
     kind string!
     name string!
     scope string*
     namespace string*
    NetworkPolicy -- What traffic a set of pods allows.
     spec NetworkPolicySpec&
    NetworkPolicySpec
     podSelector LabelSelector&
     ingress [NetworkPolicyIngressRule]
     egress [NetworkPolicyEgressRule]
     policyTypes [string]
    NetworkPolicyIngressRule
     ports [NetworkPolicyPort]
     from [NetworkPolicyPeer]
    NetworkPolicyEgressRule
     ports [NetworkPolicyPort]
     to [NetworkPolicyPeer]
    NetworkPolicyPort
     protocol string* =TCP
     port intstr
     endPort int32*
    NetworkPolicyPeer
     podSelector LabelSelector
     namespaceSelector LabelSelector
     ipBlock IPBlock
    IPBlock
     cidr string!
     except [string]

    """

  static let rbacTypes = """
    Role -- Rules within a namespace.
     rules [PolicyRule]
    ClusterRole -- Rules for the whole cluster.
     rules [PolicyRule]
     aggregationRule AggregationRule
    AggregationRule
     clusterRoleSelectors [LabelSelector]
    PolicyRule
     verbs [string]!
     apiGroups [string]
     resources [string]
     resourceNames [string]
     nonResourceURLs [string]
    RoleBinding -- Gives a role to subjects, within a namespace.
     subjects [Subject]
     roleRef RoleRef!&
    ClusterRoleBinding -- Gives a cluster role to subjects.
     subjects [Subject]
     roleRef RoleRef!&
    RoleRef atomic
     apiGroup string
     kind string!
     name string!
    Subject atomic
     kind string!
     apiGroup string
     name string!
     namespace string

    """

  static let autoscalingTypes = """
    HorizontalPodAutoscaler -- Scales a workload by metrics.
     spec HorizontalPodAutoscalerSpec&
     status HorizontalPodAutoscalerStatus&
    HorizontalPodAutoscalerSpec
     scaleTargetRef CrossVersionObjectReference!&
     minReplicas int32* =1
     maxReplicas int32!
     metrics [MetricSpec]
     behavior json
    CrossVersionObjectReference
     kind string!
     name string!
     apiVersion string
    MetricSpec
     type string!
     object json
     pods json
     resource ResourceMetricSource
     containerResource json
     external json
    ResourceMetricSource
     name string!
     target MetricTarget!&
    MetricTarget
     type string!
     value quantity
     averageValue quantity
     averageUtilization int32*
    HorizontalPodAutoscalerStatus
     observedGeneration int64*
     lastScaleTime time
     currentReplicas int32
     desiredReplicas int32!
     currentMetrics json
     conditions [HorizontalPodAutoscalerCondition] map=type
    HorizontalPodAutoscalerCondition
     type string!
     status string!
     lastTransitionTime time
     reason string
     message string
    Scale -- The size of a workload.
     spec ScaleSpec&
     status ScaleStatus&
    ScaleSpec
     replicas int32
    ScaleStatus
     replicas int32!
     selector string

    """

  static let variousTypes = """
    Lease -- A claim on being the one that acts, which must be renewed.
     spec LeaseSpec&
    LeaseSpec
     holderIdentity string*
     leaseDurationSeconds int32*
     acquireTime time
     renewTime time
     leaseTransitions int32*
     strategy string*
     preferredHolder string*
    PodDisruptionBudget -- How many pods may be evicted.
     spec PodDisruptionBudgetSpec&
     status PodDisruptionBudgetStatus&
    PodDisruptionBudgetSpec
     minAvailable intstr
     selector LabelSelector
     maxUnavailable intstr
     unhealthyPodEvictionPolicy string*
    PodDisruptionBudgetStatus
     observedGeneration int64
     disruptedPods json
     disruptionsAllowed int32!
     currentHealthy int32!
     desiredHealthy int32!
     expectedPods int32!
     conditions [Condition] map=type
    PriorityClass -- A named priority of pods.
     value int32!
     globalDefault bool
     description string
     preemptionPolicy string* =PreemptLowerPriority
    EndpointSlice -- A part of the endpoints of a service.
     addressType string!
     endpoints [Endpoint]!
     ports [EndpointSlicePort]
    Endpoint
     addresses [string]! set
     conditions EndpointConditions&
     hostname string*
     targetRef ObjectReference
     deprecatedTopology {string}
     nodeName string*
     zone string*
     hints json
    EndpointConditions
     ready bool*
     serving bool*
     terminating bool*
    EndpointSlicePort atomic
     name string*
     protocol string* =TCP
     port int32*
     appProtocol string*
    EventsEvent -- A report of an event somewhere in the cluster.
     eventTime time
     series EventsEventSeries
     reportingController string
     reportingInstance string
     action string
     reason string
     regarding ObjectReference& -- The object that the event is about.
     related ObjectReference
     note string
     type string
     deprecatedSource EventSource&
     deprecatedFirstTimestamp time
     deprecatedLastTimestamp time
     deprecatedCount int32
    EventsEventSeries
     count int32!
     lastObservedTime time
    Eviction
     deleteOptions DeleteOptions

    """

  static let extensionTypes = """
    CustomResourceDefinition -- A kind that is added to the API.
     spec CustomResourceDefinitionSpec!&
     status CustomResourceDefinitionStatus&
    CustomResourceDefinitionSpec
     group string!
     names CustomResourceDefinitionNames!&
     scope string!
     versions [CustomResourceDefinitionVersion]!
     conversion CustomResourceConversion
     preserveUnknownFields bool
    CustomResourceDefinitionNames
     plural string!
     singular string
     shortNames [string]
     kind string!
     listKind string
     categories [string]
    CustomResourceDefinitionVersion
     name string!
     served bool!
     storage bool!
     deprecated bool
     deprecationWarning string*
     schema CustomResourceValidation
     subresources CustomResourceSubresources
     additionalPrinterColumns [CustomResourceColumnDefinition]
     selectableFields [SelectableField]
    CustomResourceValidation
     openAPIV3Schema json
    CustomResourceSubresources
     status json
     scale CustomResourceSubresourceScale
    CustomResourceSubresourceScale
     specReplicasPath string!
     statusReplicasPath string!
     labelSelectorPath string*
    CustomResourceColumnDefinition
     name string!
     type string!
     format string
     description string
     priority int32
     jsonPath string!
    SelectableField
     jsonPath string!
    CustomResourceConversion
     strategy string!
     webhook json
    CustomResourceDefinitionStatus
     conditions [CustomResourceDefinitionCondition] map=type
     acceptedNames CustomResourceDefinitionNames&
     storedVersions [string]
     observedGeneration int64
    CustomResourceDefinitionCondition
     type string!
     status string!
     lastTransitionTime time
     reason string
     message string
     observedGeneration int64

    """

  static let reviewTypes = """
    SelfSubjectAccessReview -- Whether the caller may do something.
     spec AccessReviewSpec&
     status AccessReviewStatus&
    SubjectAccessReview -- Whether somebody may do something.
     spec AccessReviewSpec&
     status AccessReviewStatus&
    LocalSubjectAccessReview -- Whether somebody may do something in a namespace.
     spec AccessReviewSpec&
     status AccessReviewStatus&
    AccessReviewSpec
     resourceAttributes ResourceAttributes
     nonResourceAttributes NonResourceAttributes
     user string
     groups [string]
     extra json
     uid string
    ResourceAttributes
     namespace string
     verb string
     group string
     version string
     resource string
     subresource string
     name string
     fieldSelector json
     labelSelector json
    NonResourceAttributes
     path string
     verb string
    AccessReviewStatus
     allowed bool!
     denied bool
     reason string
     evaluationError string
    SelfSubjectRulesReview -- What the caller may do in a namespace.
     spec RulesReviewSpec&
     status json
    RulesReviewSpec
     namespace string
    SelfSubjectReview -- Who the caller is.
     status SelfSubjectReviewStatus&
    SelfSubjectReviewStatus
     userInfo json
    TokenReview -- Whom a token belongs to.
     spec TokenReviewSpec&
     status json
    TokenReviewSpec
     token string
     audiences [string]
    TokenRequest -- Asks for a token of a service account.
     spec TokenRequestSpec&
     status json
    TokenRequestSpec
     audiences [string]
     expirationSeconds int64*
     boundObjectRef json

    """
}
