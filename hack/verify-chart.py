"""Checks charts/martlet: lint, rendering with many values, what the schema refuses, and agreement with config/."""
import pathlib
import re
import subprocess
import sys

import helm_python as helm
import yaml

root = pathlib.Path(__file__).resolve().parent.parent
path = root / "charts" / "martlet"
helm.disable_logging()
chart = helm.Chart.load(path)
passed, failed = 0, []


def check(name, holds, detail=""):
    global passed
    if holds:
        passed += 1
    else:
        failed.append(f"{name}{': ' if detail else ''}{detail}")


def render(values=None, namespace="martlet-system"):
    chart.validate_schema(chart.merge_values(values))
    files = chart.render(values, name="martlet", namespace=namespace, is_install=True)
    return [
        document for name, text in files.items() if not name.endswith("NOTES.txt")
        for document in yaml.safe_load_all(text) if document]


def find(objects, kind, name):
    return next((o for o in objects if o["kind"] == kind and o["metadata"]["name"] == name), None)


def container(objects):
    return find(objects, "Deployment", "martlet")["spec"]["template"]["spec"]["containers"][0]


def rules(role):
    """Every (group, resource, verb) that a role grants."""
    return {
        (group, resource, verb) for rule in role["rules"] for group in rule["apiGroups"]
        for resource in rule["resources"] for verb in rule["verbs"]}


def refused(values):
    try:
        render(values)
        return False
    except helm.HelmError:
        return True


report = helm.lint(path, strict=True, kube_version="1.32.0")
problems = [f"{m['path']}: {m['message']}" for m in report["messages"] if str(m["severity"]) not in ("INFO", "1")]
check("lint --strict", not problems, "; ".join(problems))

default = render()
kustomization = subprocess.run(
    ["kubectl", "kustomize", root / "config" / "default"], check=True, capture_output=True, text=True).stdout
# The ConfigMap's name has a hash there; in the chart an annotation of the pods has it.
kustomized = list(yaml.safe_load_all(re.sub("martlet-runtimes-[a-z0-9]{10}", "martlet-runtimes", kustomization)))

# The definitions are those of crds/, and stay when the release goes.
for file in sorted((root / "crds").glob("*.yaml")):
    original = yaml.safe_load(file.read_text())
    rendered = find(default, "CustomResourceDefinition", original["metadata"]["name"])
    check(f"definition {file.name}", rendered is not None and rendered["spec"] == original["spec"])
    check(
        f"keep of {file.name}",
        rendered is not None and rendered["metadata"]["annotations"].get("helm.sh/resource-policy") == "keep")
disposable = render({"crds": {"keep": False}})
check(
    "crds.keep=false", all(
        "helm.sh/resource-policy" not in o["metadata"].get("annotations", {}) for o in disposable))
check("crds.enabled=false", not [
    o for o in render({"crds": {"enabled": False}}) if o["kind"] == "CustomResourceDefinition"])

# The chart and config/ ask for the same: rights, security, probes, flags.
roles = [(o["kind"], o["metadata"]["name"]) for o in kustomized if o["kind"] in ("ClusterRole", "Role")]
for kind, name in roles:
    mine = find(default, kind, name)
    theirs = find(kustomized, kind, name)
    check(f"rules of {kind} {name}", mine is not None and rules(mine) == rules(theirs))
    check(f"wildcards in {kind} {name}", not any("*" in part for rule in rules(theirs) for part in rule))
check(
    "no listing of Secrets",
    {verb for kind, name in roles for _, resource, verb in rules(find(kustomized, kind, name)) if resource == "secrets"}
    <= {"get", "create"})
ours, theirs = (find(o, "Deployment", "martlet")["spec"]["template"]["spec"] for o in (default, kustomized))
for field in ("securityContext", "terminationGracePeriodSeconds", "volumes", "serviceAccountName"):
    check(f"pod's {field} as in config/", ours[field] == theirs[field])
for field in ("args", "livenessProbe", "readinessProbe", "resources", "securityContext", "ports", "volumeMounts", "image"):
    check(f"container's {field} as in config/", ours["containers"][0][field] == theirs["containers"][0][field])
by_name = lambda variables: sorted(variables, key=lambda v: v["name"])
check("environment as in config/", by_name(ours["containers"][0]["env"]) == by_name(theirs["containers"][0]["env"]))

# The model servers are those of config/, and values come before them.
def runtimes(objects):
    return yaml.safe_load(find(objects, "ConfigMap", "martlet-runtimes")["data"]["runtimes.yaml"])


own = {"name": "vLLM", "healthPath": "/up", "container": {"image": "vllm:own"}}
other = {"name": "Echo", "healthPath": "/", "container": {"image": "echo"}, "model": "URI"}
replaced = render({"runtimes": [own, other]})
check("runtimes as in config/", runtimes(default) == runtimes(kustomized))
check("runtimes of values", {r["name"]: r for r in runtimes(replaced)} == {
    "vLLM": own, "Echo": other, "Triton": next(r for r in runtimes(default) if r["name"] == "Triton")})
checksum = lambda objects: find(objects, "Deployment", "martlet")["spec"]["template"]["metadata"]["annotations"]["checksum/runtimes"]
check("other runtimes restart the operator", checksum(default) != checksum(replaced))

# Namespaced objects say where they are, and everything is labelled.
for o in default:
    cluster = o["kind"] in ("CustomResourceDefinition", "ClusterRole", "ClusterRoleBinding")
    identity = f"{o['kind']} {o['metadata']['name']}"
    check(f"namespace of {identity}", cluster == ("namespace" not in o["metadata"]))
    check(f"labels of {identity}", {
        "app.kubernetes.io/name", "app.kubernetes.io/instance", "app.kubernetes.io/version",
        "app.kubernetes.io/managed-by", "helm.sh/chart"} <= set(o["metadata"]["labels"]))
pod_labels = find(default, "Deployment", "martlet")["spec"]["template"]["metadata"]["labels"]
selector = find(default, "Deployment", "martlet")["spec"]["selector"]["matchLabels"]
check("selector matches pods", selector.items() <= pod_labels.items())
check("selector has no version", "app.kubernetes.io/version" not in selector)

# Values do what they say.
namespaced = render({"watchNamespaces": ["team-a", "team-b"], "rbac": {"aggregateClusterRoles": False}})
check("no cluster roles with watchNamespaces", not [o for o in namespaced if o["kind"].startswith("ClusterRole")])
check("a role in each watched namespace", sorted(
    o["metadata"]["namespace"] for o in namespaced if o["kind"] == "Role" and o["metadata"]["name"] == "martlet-operator"
) == ["team-a", "team-b"])
check("--watch-namespaces", "--watch-namespaces=team-a,team-b" in container(namespaced)["args"])
many = render({
    "replicaCount": 3, "networkPolicy": {"enabled": True}, "commonLabels": {"team": "ml"},
    "commonAnnotations": {"note": "x"}, "podAnnotations": {"a": "b"}, "podLabels": {"c": "d"},
    "image": {"repository": "registry.example.com/martlet", "digest": "sha256:" + "0" * 64},
    "imagePullSecrets": [{"name": "pull"}], "priorityClassName": "system-cluster-critical",
    "metrics": {"serviceMonitor": {"enabled": True, "labels": {"release": "prometheus"}}, "podMonitor": {"enabled": True}},
    "tracking": {"uri": "http://mlflow:5000"}, "extraArgs": ["--kubeconfig=/tmp/kubeconfig"], "logLevel": "debug",
    "images": {"modelServer": "mlflow:3", "router": "haproxy:3"}, "maxConcurrentReconciles": 8,
    "extraEnv": [{"name": "HTTPS_PROXY", "value": "http://proxy:3128"}],
    "extraVolumes": [{"name": "ca", "configMap": {"name": "ca"}}],
    "extraVolumeMounts": [{"name": "ca", "mountPath": "/ca"}], "nodeSelector": {"arch": "amd64"},
    "tolerations": [{"operator": "Exists"}], "affinity": {"nodeAffinity": {}},
    "serviceAccount": {"annotations": {"role": "martlet"}},
    "extraObjects": [{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "{{ .Release.Name }}-extra"}}],
})
kinds = {o["kind"] for o in many}
check("kinds with everything on", {"PodDisruptionBudget", "NetworkPolicy", "ServiceMonitor", "PodMonitor"} <= kinds)
check("extraObjects are templates", find(many, "ConfigMap", "martlet-extra") is not None)
check("digest", container(many)["image"] == "registry.example.com/martlet@sha256:" + "0" * 64)
check("tracking.uri", "--tracking-uri=http://mlflow:5000" in container(many)["args"])
check("extraArgs come last", container(many)["args"][-1] == "--kubeconfig=/tmp/kubeconfig")
check("flags", {
    "--log-level=debug", "--mlflow-image=mlflow:3", "--router-image=haproxy:3", "--max-concurrent-reconciles=8",
} <= set(container(many)["args"]))
check("commonLabels", all(o["metadata"]["labels"].get("team") == "ml" for o in many if o["metadata"]["name"] != "martlet-extra"))
check("commonAnnotations", all(o["metadata"]["annotations"]["note"] == "x" for o in many if o["metadata"]["name"] != "martlet-extra"))
check("spread", find(many, "Deployment", "martlet")["spec"]["template"]["spec"]["topologySpreadConstraints"])
check("one replica has no budget", "PodDisruptionBudget" not in {o["kind"] for o in default})

# What is wrong is refused before anything is installed.
for name, values in {
    "an unknown value": {"replicas": 3}, "an unknown image value": {"image": {"name": "x"}},
    "a wrong type": {"replicaCount": "three"}, "a wrong digest": {"image": {"digest": "latest"}},
    "a wrong pull policy": {"image": {"pullPolicy": "Sometimes"}}, "a wrong tracking uri": {"tracking": {"uri": "mlflow"}},
    "replicas without election": {"replicaCount": 2, "leaderElection": {"enabled": False}},
    "a runtime without a health path": {"runtimes": [{"name": "x", "container": {}}]},
    "a monitor without a service": {"metrics": {"service": {"enabled": False}, "serviceMonitor": {"enabled": True}}},
}.items():
    check(f"refuses {name}", refused(values))

# The schema knows every value, and no other.
schema = chart.schema


def compare(values, schema, where):
    for name, value in values.items():
        known = schema.get("properties", {}).get(name)
        check(f"schema of {where}{name}", known is not None)
        if known and "properties" in known and isinstance(value, dict):
            compare(value, known, f"{where}{name}.")
    for name in schema.get("properties", {}):
        check(f"default of {where}{name}", name in values or name == "global")


compare(chart.values, schema, "")

notes = [text for name, text in chart.render(None, name="martlet", namespace="martlet-system").items() if name.endswith("NOTES.txt")]
check("NOTES.txt", len(notes) == 1 and "{{" not in notes[0] and "martlet-tracking" in notes[0])

for line in failed:
    print(f"FAILED {line}", file=sys.stderr)
print(f"chart (Helm {helm.helm_sdk_version()}): {passed} passed, {len(failed)} failed")
sys.exit(1 if failed else 0)
