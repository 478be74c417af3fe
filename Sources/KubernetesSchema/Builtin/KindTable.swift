/// The built-in kinds: group/version, kind, plural, flags and short names, a line each. `n` namespaced, `s` status,
/// `z` scale, `a` in category all, `c` may only be created; `=Type` where the type is not named as the kind.
let builtinKindTable = """
  v1 ConfigMap configmaps n cm
  v1 Secret secrets n
  v1 Service services nsa svc
  v1 ServiceAccount serviceaccounts n sa
  v1 Namespace namespaces s ns
  v1 Node nodes s no
  v1 Pod pods nsa po
  v1 PodTemplate podtemplates n
  v1 Endpoints endpoints n ep
  v1 Event events n ev
  v1 PersistentVolumeClaim persistentvolumeclaims ns pvc
  v1 ResourceQuota resourcequotas ns quota
  v1 LimitRange limitranges n limits
  v1 Binding bindings nc
  apps/v1 Deployment deployments nsza deploy
  apps/v1 ReplicaSet replicasets nsza rs
  apps/v1 StatefulSet statefulsets nsza sts
  apps/v1 DaemonSet daemonsets nsa ds
  apps/v1 ControllerRevision controllerrevisions n
  batch/v1 Job jobs nsa
  batch/v1 CronJob cronjobs nsa cj
  networking.k8s.io/v1 Ingress ingresses ns ing
  networking.k8s.io/v1 IngressClass ingressclasses -
  networking.k8s.io/v1 NetworkPolicy networkpolicies n netpol
  discovery.k8s.io/v1 EndpointSlice endpointslices n
  events.k8s.io/v1 Event events n ev =EventsEvent
  coordination.k8s.io/v1 Lease leases n
  policy/v1 PodDisruptionBudget poddisruptionbudgets ns pdb
  policy/v1 Eviction evictions nc
  autoscaling/v2 HorizontalPodAutoscaler horizontalpodautoscalers nsa hpa
  autoscaling/v1 Scale scales n
  scheduling.k8s.io/v1 PriorityClass priorityclasses - pc
  rbac.authorization.k8s.io/v1 Role roles n
  rbac.authorization.k8s.io/v1 ClusterRole clusterroles -
  rbac.authorization.k8s.io/v1 RoleBinding rolebindings n
  rbac.authorization.k8s.io/v1 ClusterRoleBinding clusterrolebindings -
  apiextensions.k8s.io/v1 CustomResourceDefinition customresourcedefinitions s crd crds
  authorization.k8s.io/v1 SelfSubjectAccessReview selfsubjectaccessreviews c
  authorization.k8s.io/v1 SubjectAccessReview subjectaccessreviews c
  authorization.k8s.io/v1 LocalSubjectAccessReview localsubjectaccessreviews nc
  authorization.k8s.io/v1 SelfSubjectRulesReview selfsubjectrulesreviews c
  authentication.k8s.io/v1 SelfSubjectReview selfsubjectreviews c
  authentication.k8s.io/v1 TokenReview tokenreviews c
  authentication.k8s.io/v1 TokenRequest tokenrequests nc
  """
