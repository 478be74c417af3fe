extension BuiltinTypes {
  static let podTypes = """
    Pod -- A collection of containers that run on a node.
     spec PodSpec& -- What is wanted of the pod.
     status PodStatus& -- The most recently observed state of the pod.
    PodTemplate -- A template for creating copies of a pod.
     template PodTemplateSpec&
    PodTemplateSpec -- What a pod made from the template has.
     metadata ObjectMeta&
     spec PodSpec&
    PodSpec -- A description of a pod.
     volumes [Volume] map=name retain -- Volumes that containers can mount.
     initContainers [Container] map=name -- Containers that run, one after another, before the others start.
     containers [Container]! map=name -- The containers of the pod.
     ephemeralContainers [EphemeralContainer] map=name
     restartPolicy string =Always -- Always, OnFailure or Never.
     terminationGracePeriodSeconds int64* =30
     activeDeadlineSeconds int64*
     dnsPolicy string =ClusterFirst
     nodeSelector {string} atomic
     serviceAccountName string
     serviceAccount string
     automountServiceAccountToken bool*
     nodeName string
     hostNetwork bool
     hostPID bool
     hostIPC bool
     shareProcessNamespace bool*
     securityContext PodSecurityContext
     imagePullSecrets [LocalObjectReference] map=name
     hostname string
     subdomain string
     affinity Affinity
     schedulerName string =default-scheduler
     tolerations [Toleration]
     hostAliases [HostAlias] map=ip
     priorityClassName string
     priority int32*
     dnsConfig PodDNSConfig
     readinessGates [PodReadinessGate]
     runtimeClassName string*
     enableServiceLinks bool*
     preemptionPolicy string*
     overhead {quantity}
     topologySpreadConstraints [TopologySpreadConstraint] map=topologyKey,whenUnsatisfiable
     setHostnameAsFQDN bool*
     os PodOS
     hostUsers bool*
     schedulingGates [PodSchedulingGate] map=name
     resourceClaims [PodResourceClaim] map=name retain
     resources ResourceRequirements
     hostnameOverride string*
     workloadRef json
    PodOS atomic
     name string!
    PodSchedulingGate
     name string!
    PodResourceClaim
     name string!
     resourceClaimName string*
     resourceClaimTemplateName string*
    PodReadinessGate
     conditionType string!
    HostAlias
     ip string!
     hostnames [string]
    PodDNSConfig
     nameservers [string]
     searches [string]
     options [PodDNSConfigOption]
    PodDNSConfigOption
     name string
     value string*
    PodSecurityContext
     seLinuxOptions SELinuxOptions
     windowsOptions WindowsSecurityContextOptions
     runAsUser int64*
     runAsGroup int64*
     runAsNonRoot bool*
     supplementalGroups [int64]
     supplementalGroupsPolicy string*
     fsGroup int64*
     sysctls [Sysctl]
     fsGroupChangePolicy string*
     seccompProfile SeccompProfile
     appArmorProfile AppArmorProfile
     seLinuxChangePolicy string*
    SELinuxOptions
     user string
     role string
     type string
     level string
    WindowsSecurityContextOptions
     gmsaCredentialSpecName string*
     gmsaCredentialSpec string*
     runAsUserName string*
     hostProcess bool*
    Sysctl
     name string!
     value string!
    SeccompProfile
     type string!
     localhostProfile string*
    AppArmorProfile
     type string!
     localhostProfile string*
    LocalObjectReference atomic
     name string
    ObjectReference atomic
     kind string
     namespace string
     name string
     uid string
     apiVersion string
     resourceVersion string
     fieldPath string
    TypedLocalObjectReference atomic
     apiGroup string*
     kind string!
     name string!
    TypedObjectReference
     apiGroup string*
     kind string!
     name string!
     namespace string*
    SecretReference atomic
     name string
     namespace string

    """
}
