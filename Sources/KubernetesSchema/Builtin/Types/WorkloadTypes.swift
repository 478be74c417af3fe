extension BuiltinTypes {
  static let appsTypes = """
    Deployment -- Declarative updates for pods and ReplicaSets.
     spec DeploymentSpec& -- What is wanted of the deployment.
     status DeploymentStatus&
    DeploymentSpec
     replicas int32* =1 -- How many pods are wanted.
     selector LabelSelector! -- Which pods belong to the deployment; it cannot be changed.
     template PodTemplateSpec!& -- The pods that are created.
     strategy DeploymentStrategy& retain -- How pods are replaced with new ones.
     minReadySeconds int32
     revisionHistoryLimit int32* =10
     paused bool
     progressDeadlineSeconds int32* =600
    DeploymentStrategy
     type string =RollingUpdate
     rollingUpdate RollingUpdateDeployment
    RollingUpdateDeployment
     maxUnavailable intstr
     maxSurge intstr
    DeploymentStatus
     observedGeneration int64
     replicas int32
     updatedReplicas int32
     readyReplicas int32
     availableReplicas int32
     unavailableReplicas int32
     terminatingReplicas int32*
     conditions [DeploymentCondition] map=type
     collisionCount int32*
    DeploymentCondition
     type string!
     status string!
     lastUpdateTime time
     lastTransitionTime time
     reason string
     message string
    ReplicaSet -- Keeps a number of pods running.
     spec ReplicaSetSpec&
     status ReplicaSetStatus&
    ReplicaSetSpec
     replicas int32* =1
     minReadySeconds int32
     selector LabelSelector!
     template PodTemplateSpec&
    ReplicaSetStatus
     replicas int32!
     fullyLabeledReplicas int32
     readyReplicas int32
     availableReplicas int32
     terminatingReplicas int32*
     observedGeneration int64
     conditions [ReplicaSetCondition] map=type
    ReplicaSetCondition
     type string!
     status string!
     lastTransitionTime time
     reason string
     message string
    StatefulSet -- Pods with consistent identities.
     spec StatefulSetSpec&
     status StatefulSetStatus&
    StatefulSetSpec
     replicas int32* =1
     selector LabelSelector!
     template PodTemplateSpec!&
     volumeClaimTemplates [PersistentVolumeClaim]
     serviceName string*
     podManagementPolicy string =OrderedReady
     updateStrategy StatefulSetUpdateStrategy&
     revisionHistoryLimit int32* =10
     minReadySeconds int32
     persistentVolumeClaimRetentionPolicy StatefulSetPersistentVolumeClaimRetentionPolicy
     ordinals StatefulSetOrdinals
    StatefulSetOrdinals
     start int32
    StatefulSetPersistentVolumeClaimRetentionPolicy
     whenDeleted string =Retain
     whenScaled string =Retain
    StatefulSetUpdateStrategy
     type string =RollingUpdate
     rollingUpdate RollingUpdateStatefulSetStrategy
    RollingUpdateStatefulSetStrategy
     partition int32* =0
     maxUnavailable intstr
    StatefulSetStatus
     observedGeneration int64
     replicas int32!
     readyReplicas int32
     currentReplicas int32
     updatedReplicas int32
     currentRevision string
     updateRevision string
     collisionCount int32*
     conditions [StatefulSetCondition] map=type
     availableReplicas int32!
    StatefulSetCondition
     type string!
     status string!
     lastTransitionTime time
     reason string
     message string
    DaemonSet -- A pod on every node.
     spec DaemonSetSpec&
     status DaemonSetStatus&
    DaemonSetSpec
     selector LabelSelector!
     template PodTemplateSpec!&
     updateStrategy DaemonSetUpdateStrategy&
     minReadySeconds int32
     revisionHistoryLimit int32* =10
    DaemonSetUpdateStrategy
     type string =RollingUpdate
     rollingUpdate RollingUpdateDaemonSet
    RollingUpdateDaemonSet
     maxUnavailable intstr
     maxSurge intstr
    DaemonSetStatus
     currentNumberScheduled int32!
     numberMisscheduled int32!
     desiredNumberScheduled int32!
     numberReady int32!
     observedGeneration int64
     updatedNumberScheduled int32
     numberAvailable int32
     numberUnavailable int32
     collisionCount int32*
     conditions [StatefulSetCondition] map=type
    ControllerRevision
     data json
     revision int64!

    """

  static let batchTypes = """
    Job -- A task that runs to completion.
     spec JobSpec& -- What is wanted of the job.
     status JobStatus&
    JobSpec
     parallelism int32* -- The most pods that run at a time.
     completions int32* -- How many pods must succeed.
     activeDeadlineSeconds int64*
     podFailurePolicy PodFailurePolicy
     successPolicy SuccessPolicy
     backoffLimit int32* -- How often failed pods are retried.
     backoffLimitPerIndex int32*
     maxFailedIndexes int32*
     selector LabelSelector
     manualSelector bool*
     template PodTemplateSpec!& -- The pods that are created.
     ttlSecondsAfterFinished int32*
     completionMode string*
     suspend bool* -- Whether no pods are to run for now.
     podReplacementPolicy string*
     managedBy string*
    PodFailurePolicy
     rules [PodFailurePolicyRule]!
    PodFailurePolicyRule
     action string!
     onExitCodes PodFailurePolicyOnExitCodesRequirement
     onPodConditions [PodFailurePolicyOnPodConditionsPattern]
    PodFailurePolicyOnExitCodesRequirement
     containerName string*
     operator string!
     values [int32]! set
    PodFailurePolicyOnPodConditionsPattern
     type string!
     status string
    SuccessPolicy
     rules [SuccessPolicyRule]!
    SuccessPolicyRule
     succeededIndexes string*
     succeededCount int32*
    JobStatus
     conditions [JobCondition] merge=type
     startTime time
     completionTime time
     active int32
     succeeded int32
     failed int32
     terminating int32*
     completedIndexes string
     failedIndexes string*
     uncountedTerminatedPods UncountedTerminatedPods
     ready int32*
    JobCondition
     type string!
     status string!
     lastProbeTime time
     lastTransitionTime time
     reason string
     message string
    UncountedTerminatedPods
     succeeded [string] set
     failed [string] set
    CronJob -- Jobs on a schedule.
     spec CronJobSpec&
     status CronJobStatus&
    CronJobSpec
     schedule string!
     timeZone string*
     startingDeadlineSeconds int64*
     concurrencyPolicy string =Allow
     suspend bool* =false
     jobTemplate JobTemplateSpec!&
     successfulJobsHistoryLimit int32* =3
     failedJobsHistoryLimit int32* =1
    JobTemplateSpec
     metadata ObjectMeta&
     spec JobSpec&
    CronJobStatus
     active [ObjectReference]
     lastScheduleTime time
     lastSuccessfulTime time

    """
}
