extension BuiltinTypes {
  static let metaTypes = """
    ObjectMeta -- Metadata that all persisted objects have.
     name string -- Unique within a namespace; required when creating unless generateName is given.
     generateName string -- A prefix for a name that the server completes.
     namespace string -- The space within which each name must be unique.
     selfLink string
     uid string -- Unique in time and space; set by the server.
     resourceVersion string -- An opaque value that changes with every change of the object.
     generation int64 -- Changes with every change of the desired state.
     creationTimestamp time -- When the server made the object.
     deletionTimestamp time -- When the object will be deleted, once its finalizers are gone.
     deletionGracePeriodSeconds int64* -- Seconds between the request to delete and the deletion.
     labels {string} -- Keys and values to select objects by.
     annotations {string} -- Keys and values that tools keep with the object.
     ownerReferences [OwnerReference] map=uid -- Objects that this one depends on.
     finalizers [string] set merge -- What must be done before the object is deleted.
     managedFields [ManagedFieldsEntry] -- Which fields each manager owns.
    OwnerReference atomic -- An object that owns this one.
     apiVersion string!
     kind string!
     name string!
     uid string!
     controller bool*
     blockOwnerDeletion bool*
    ManagedFieldsEntry
     manager string
     operation string
     apiVersion string
     time time
     fieldsType string
     fieldsV1 json
     subresource string
    LabelSelector atomic -- A query over labels; an empty one matches everything.
     matchLabels {string}
     matchExpressions [LabelSelectorRequirement]
    LabelSelectorRequirement
     key string!
     operator string!
     values [string]
    Condition -- One aspect of the state of an object.
     type string!
     status string!
     observedGeneration int64
     lastTransitionTime time!
     reason string!
     message string!
    ListMeta
     selfLink string
     resourceVersion string
     continue string
     remainingItemCount int64*
    DeleteOptions
     gracePeriodSeconds int64*
     preconditions json
     orphanDependents bool*
     propagationPolicy string*
     dryRun [string]

    """
}
