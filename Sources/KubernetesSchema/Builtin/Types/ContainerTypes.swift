extension BuiltinTypes {
  static let containerTypes = """
    Container -- A container that runs within a pod.
     name string! -- Unique within the pod.
     image string -- The image's name.
     command [string] -- The entry point; the image's is used where this is not given.
     args [string] -- Arguments of the entry point.
     workingDir string
     ports [ContainerPort] map=containerPort,protocol
     envFrom [EnvFromSource]
     env [EnvVar] map=name -- Environment variables.
     resources ResourceRequirements& -- Compute resources that the container needs.
     resizePolicy [ContainerResizePolicy]
     restartPolicy string*
     restartPolicyRules [ContainerRestartRule]
     volumeMounts [VolumeMount] map=mountPath
     volumeDevices [VolumeDevice] map=devicePath
     livenessProbe Probe
     readinessProbe Probe
     startupProbe Probe
     lifecycle Lifecycle
     terminationMessagePath string =/dev/termination-log
     terminationMessagePolicy string =File
     imagePullPolicy string
     securityContext SecurityContext
     stdin bool
     stdinOnce bool
     tty bool
    EphemeralContainer
     ... Container
     targetContainerName string
    ContainerRestartRule
     action string!
     exitCodes json
    ContainerResizePolicy
     resourceName string!
     restartPolicy string!
    ContainerPort
     name string
     hostPort int32
     containerPort int32!
     protocol string =TCP
     hostIP string
    EnvVar
     name string!
     value string
     valueFrom EnvVarSource
    EnvVarSource
     fieldRef ObjectFieldSelector
     resourceFieldRef ResourceFieldSelector
     configMapKeyRef ConfigMapKeySelector
     secretKeyRef SecretKeySelector
     fileKeyRef json
    EnvFromSource
     prefix string
     configMapRef ConfigMapEnvSource
     secretRef SecretEnvSource
    ConfigMapEnvSource
     name string
     optional bool*
    SecretEnvSource
     name string
     optional bool*
    ObjectFieldSelector atomic
     apiVersion string =v1
     fieldPath string!
    ResourceFieldSelector atomic
     containerName string
     resource string!
     divisor quantity
    ConfigMapKeySelector atomic
     name string
     key string!
     optional bool*
    SecretKeySelector atomic
     name string
     key string!
     optional bool*
    ResourceRequirements
     limits {quantity} -- The most of each resource that may be used.
     requests {quantity} -- The least of each resource that is needed.
     claims [ResourceClaim] map=name
    ResourceClaim
     name string!
     request string
    VolumeMount
     name string!
     readOnly bool
     recursiveReadOnly string*
     mountPath string!
     subPath string
     mountPropagation string*
     subPathExpr string
    VolumeDevice
     name string!
     devicePath string!
    Probe
     ... ProbeHandler
     initialDelaySeconds int32
     timeoutSeconds int32 =1
     periodSeconds int32 =10
     successThreshold int32 =1
     failureThreshold int32 =3
     terminationGracePeriodSeconds int64*
    ProbeHandler
     exec ExecAction
     httpGet HTTPGetAction
     tcpSocket TCPSocketAction
     grpc GRPCAction
    ExecAction
     command [string]
    HTTPGetAction
     path string =/
     port intstr!
     host string
     scheme string =HTTP
     httpHeaders [HTTPHeader]
    HTTPHeader
     name string!
     value string!
    TCPSocketAction
     port intstr!
     host string
    GRPCAction
     port int32!
     service string*
    SleepAction
     seconds int64!
    Lifecycle
     postStart LifecycleHandler
     preStop LifecycleHandler
     stopSignal string*
    LifecycleHandler
     exec ExecAction
     httpGet HTTPGetAction
     tcpSocket TCPSocketAction
     sleep SleepAction
    SecurityContext
     capabilities Capabilities
     privileged bool*
     seLinuxOptions SELinuxOptions
     windowsOptions WindowsSecurityContextOptions
     runAsUser int64*
     runAsGroup int64*
     runAsNonRoot bool*
     readOnlyRootFilesystem bool*
     allowPrivilegeEscalation bool*
     procMount string*
     seccompProfile SeccompProfile
     appArmorProfile AppArmorProfile
    Capabilities
     add [string]
     drop [string]

    """
}
