{{/* The chart's name in object names. */}}
{{- define "martlet.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{/* The name of objects. */}}
{{- define "martlet.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "martlet.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "martlet.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "martlet.image" -}}
{{- if .Values.image.digest -}}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest -}}
{{- else -}}
{{- printf "%s:%s" .Values.image.repository (default .Chart.AppVersion .Values.image.tag) -}}
{{- end -}}
{{- end -}}

{{/* The model servers that deployments can name: those of the chart, and those of values, which come before. */}}
{{- define "martlet.runtimes" -}}
{{- $names := list }}
{{- range .Values.runtimes }}{{ $names = append $names .name }}{{ end }}
{{- $all := .Values.runtimes }}
{{- range .Files.Get "files/runtimes.yaml" | fromYamlArray }}
{{- if not (has .name $names) }}{{ $all = append $all . }}{{ end }}
{{- end }}
{{- toYaml $all }}
{{- end -}}

{{/* What tells the operator's pods from others. It must not change in an upgrade. */}}
{{- define "martlet.selectorLabels" -}}
app.kubernetes.io/name: {{ include "martlet.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: operator
{{- end -}}

{{- define "martlet.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{ include "martlet.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/part-of: martlet
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* The annotations block of an object, or nothing. Takes the root and the object's own annotations. */}}
{{- define "martlet.annotations" -}}
{{- $all := merge (dict) (default (dict) .own) .root.Values.commonAnnotations -}}
{{- with $all }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* What the operator needs in the namespaces that it works in: the rules of config/rbac/role.yaml. */}}
{{- define "martlet.rules" -}}
- apiGroups: [martlet.dev]
  resources: [abexperiments, featuresets, modeldeployments, trainingsweeps]
  verbs: [get, list, watch, patch]
- apiGroups: [martlet.dev]
  resources: [abexperiments/status, featuresets/status, modeldeployments/status, trainingsweeps/status]
  verbs: [get, patch]
- apiGroups: [martlet.dev]
  resources: [abexperiments/finalizers, featuresets/finalizers, modeldeployments/finalizers, trainingsweeps/finalizers]
  verbs: [update]
- apiGroups: [batch]
  resources: [jobs]
  verbs: [get, list, watch, create, delete]
- apiGroups: [""]
  resources: [pods]
  verbs: [get, list, watch]
- apiGroups: [apps]
  resources: [deployments]
  verbs: [get, list, watch, create, patch, delete]
- apiGroups: [""]
  resources: [configmaps, services]
  verbs: [get, list, watch, create, patch, delete]
- apiGroups: [networking.k8s.io]
  resources: [ingresses]
  verbs: [get, list, watch, create, patch, delete]
- apiGroups: [gateway.networking.k8s.io]
  resources: [httproutes]
  verbs: [get, create, patch, delete]
- apiGroups: [policy]
  resources: [poddisruptionbudgets]
  verbs: [get, list, watch, create, patch, delete]
- apiGroups: [autoscaling]
  resources: [horizontalpodautoscalers]
  verbs: [get, list, watch, create, patch, delete]
- apiGroups: [""]
  resources: [secrets]
  verbs: [get, create]
- apiGroups: [kueue.x-k8s.io]
  resources: [workloads]
  verbs: [list]
- apiGroups: [events.k8s.io]
  resources: [events]
  verbs: [create, patch]
{{- end -}}
