extension BuiltinTypes {
  static let volumeTypes = """
    Volume -- A named volume that containers of the pod can mount.
     name string!
     hostPath HostPathVolumeSource
     emptyDir EmptyDirVolumeSource
     secret SecretVolumeSource
     nfs NFSVolumeSource
     iscsi json
     persistentVolumeClaim PersistentVolumeClaimVolumeSource
     downwardAPI DownwardAPIVolumeSource
     configMap ConfigMapVolumeSource
     projected ProjectedVolumeSource
     csi CSIVolumeSource
     ephemeral EphemeralVolumeSource
     image ImageVolumeSource
     gcePersistentDisk json
     awsElasticBlockStore json
     gitRepo json
     glusterfs json
     rbd json
     flexVolume json
     cinder json
     cephfs json
     flocker json
     fc json
     azureFile json
     vsphereVolume json
     quobyte json
     azureDisk json
     photonPersistentDisk json
     portworxVolume json
     scaleIO json
     storageos json
    HostPathVolumeSource
     path string!
     type string*
    EmptyDirVolumeSource
     medium string
     sizeLimit quantity
    SecretVolumeSource
     secretName string
     items [KeyToPath]
     defaultMode int32* =420
     optional bool*
    ConfigMapVolumeSource
     name string
     items [KeyToPath]
     defaultMode int32* =420
     optional bool*
    KeyToPath
     key string!
     path string!
     mode int32*
    NFSVolumeSource
     server string!
     path string!
     readOnly bool
    PersistentVolumeClaimVolumeSource
     claimName string!
     readOnly bool
    DownwardAPIVolumeSource
     items [DownwardAPIVolumeFile]
     defaultMode int32* =420
    DownwardAPIVolumeFile
     path string!
     fieldRef ObjectFieldSelector
     resourceFieldRef ResourceFieldSelector
     mode int32*
    ProjectedVolumeSource
     sources [VolumeProjection]
     defaultMode int32* =420
    VolumeProjection
     secret SecretProjection
     downwardAPI DownwardAPIProjection
     configMap ConfigMapProjection
     serviceAccountToken ServiceAccountTokenProjection
     clusterTrustBundle json
     podCertificate json
    SecretProjection
     name string
     items [KeyToPath]
     optional bool*
    ConfigMapProjection
     name string
     items [KeyToPath]
     optional bool*
    DownwardAPIProjection
     items [DownwardAPIVolumeFile]
    ServiceAccountTokenProjection
     audience string
     expirationSeconds int64* =3600
     path string!
    CSIVolumeSource
     driver string!
     readOnly bool*
     fsType string*
     volumeAttributes {string}
     nodePublishSecretRef LocalObjectReference
    EphemeralVolumeSource
     volumeClaimTemplate PersistentVolumeClaimTemplate
    PersistentVolumeClaimTemplate
     metadata ObjectMeta&
     spec PersistentVolumeClaimSpec&
    ImageVolumeSource
     reference string
     pullPolicy string
    PersistentVolumeClaim -- A user's request for a persistent volume.
     apiVersion string
     kind string
     metadata ObjectMeta&
     spec PersistentVolumeClaimSpec&
     status PersistentVolumeClaimStatus&
    PersistentVolumeClaimSpec
     accessModes [string]
     selector LabelSelector
     resources VolumeResourceRequirements&
     volumeName string
     storageClassName string*
     volumeMode string* =Filesystem
     dataSource TypedLocalObjectReference
     dataSourceRef TypedObjectReference
     volumeAttributesClassName string*
    VolumeResourceRequirements
     limits {quantity}
     requests {quantity}
    PersistentVolumeClaimStatus
     phase string =Pending
     accessModes [string]
     capacity {quantity}
     conditions [PersistentVolumeClaimCondition] map=type
     allocatedResources {quantity}
     allocatedResourceStatuses {string}
     currentVolumeAttributesClassName string*
     modifyVolumeStatus json
    PersistentVolumeClaimCondition
     type string!
     status string!
     lastProbeTime time
     lastTransitionTime time
     reason string
     message string

    """
}
