import CRDTypes
import Testing

@Suite("What is said about a ModelDeployment")
struct ModelDeploymentValidationTests {
  static let base = "model: {registry: {name: churn, alias: champion}}"

  static let patches: [SpecPatch] = [
    SpecPatch("{}"),
    SpecPatch(
      "model: {run: abc}",
      "spec.model: exactly one of sweep, registry, run, loggedModel and uri must be set; registry and run are"),
    SpecPatch(
      "model: {registry: null}",
      "spec.model: exactly one of sweep, registry, run, loggedModel and uri must be set; none is"),
    SpecPatch(
      "model: {registry: {version: '3'}}",
      "spec.model.registry: exactly one of alias and version must be set; alias and version are"),
    SpecPatch(
      "{server: {}, template: {spec: {containers: [{name: a, image: b}]}}}",
      "spec.template: the pod is described by server or template: remove one of them"),
    SpecPatch(
      "rollout: {strategy: Shadow}",
      "spec.rollout.strategy: Shadow needs steps or checks: without them nothing is compared"),
    SpecPatch("rollout: {strategy: Shadow, steps: [{weight: 100, hold: 1h}]}"),
    SpecPatch(
      "server: {env: [{name: A, value: x, valueFrom: {}}]}",
      "spec.server.env[A]: has value and valueFrom: remove one of them"),
    SpecPatch(
      "{replicas: 2, autoscaling: {max: 3, cpu: 70}}",
      "spec.replicas: the number of pods is set by replicas or autoscaling: remove one of them"),
    SpecPatch(
      "autoscaling: {min: 4, max: 3}",
      "spec.autoscaling.min: is above max: lower min or raise max",
      "spec.autoscaling: needs a metric: set cpu, memory or metrics"),
    SpecPatch(
      "ingress: {tlsSecret: tls}",
      "spec.ingress.tlsSecret: needs the host that its certificate is for: set host"),
    SpecPatch(
      "{route: Gateway, ingress: {host: h}}",
      "spec.ingress.gateway: route Gateway needs the Gateway to attach to: set gateway"),
    SpecPatch(
      "ingress: {gateway: {name: g}}",
      "spec.ingress.gateway: belongs to route Gateway: set route to Gateway or remove gateway"),
    SpecPatch(
      "rollout: {steps: [{weight: 5}, {weight: 50, hold: soon}, {weight: 50}]}",
      "spec.rollout.steps[1].hold: \"soon\" is not a duration: write one such as 90s, 5m, 1h30m or 14d",
      "spec.rollout.steps[2].weight: must be above the 50 of the step before: order the steps by rising weight"),
    SpecPatch(
      "rollout: {steps: [{weight: 5}], checks: [{name: c}, {name: c, router: {}}]}",
      "spec.rollout.checks[c]: is there more than once: rename or remove one",
      "spec.rollout.checks[c]: exactly one of prometheus, sql, router and metric must be set; none is",
      "spec.rollout.checks[c].router: needs a limit: set maxErrorShare, maxErrorShareAboveStable or maxMeanLatency"),
    SpecPatch(
      "rollout: {checks: [{name: p, prometheus: {query: q}}, {name: m, metric: {name: auc, min: '2', max: '1'}}]}",
      "spec.rollout.checks[p].prometheus: needs min, max or both: set at least one",
      "spec.rollout.checks[m].metric.min: is above max: lower min or raise max"),
    SpecPatch(
      "rollout: {steps: [{weight: 5}], checks: [{name: r, router: {maxErrorShare: '5'}}]}",
      "spec.rollout.checks[r].router.maxErrorShare: must be from 0 to 1"),
    SpecPatch(
      "rollout: {checks: [{name: r, router: {maxErrorShare: '0'}}]}",
      """
      spec.rollout.checks[r].router: a new revision has no requests to count: use the strategy Canary with steps of a \
      weight above 0, or Shadow
      """),
    SpecPatch(
      "rollout: {strategy: BlueGreen, steps: [{weight: 5}], checks: [{name: r, router: {maxErrorShare: '0'}}]}",
      """
      spec.rollout.checks[r].router: a new revision has no requests to count: use the strategy Canary with steps of a \
      weight above 0, or Shadow
      """),
    SpecPatch("rollout: {strategy: Shadow, checks: [{name: r, router: {maxErrorShareAboveStable: '0'}}]}"),
    SpecPatch(
      "rollout: {steps: [{weight: 5}, {weight: 100}], checks: [{name: r, router: {maxErrorShareAboveStable: '0'}}]}",
      """
      spec.rollout.checks[r].router.maxErrorShareAboveStable: at a step of weight 100 nothing is left to compare with: \
      remove that step
      """),
    SpecPatch("route: Gateway", "spec.ingress: route Gateway needs the Gateway to attach to: set ingress.gateway"),
    SpecPatch("rollout: {deadline: 0s}", "spec.rollout.deadline: must be longer than 0: raise it"),
  ]

  @Test("Each problem, with its field and what to do", arguments: patches)
  func problem(patch: SpecPatch) throws {
    #expect(try patch.found(in: Self.base, as: ModelDeployment.Spec.self) == patch.problems)
  }
}
