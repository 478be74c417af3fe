import CRDTypes
import Testing

@Suite("What is said about an ABExperiment")
struct ABExperimentValidationTests {
  static let base = """
    assignment: {header: X-User-Id}
    variants: [{name: a, deployment: da, weight: 80, control: true}, {name: b, deployment: db, weight: 20}]
    """
  static let decision = "metrics: [{name: requests, goal: Increase, role: Decision}]"

  static let patches: [SpecPatch] = [
    SpecPatch("{}"),
    SpecPatch(
      "assignment: {cookie: uid}",
      "spec.assignment: exactly one of header and cookie must be set; header and cookie are"),
    SpecPatch(
      "variants: [{name: a, deployment: d, weight: 80, control: true}, {name: b, deployment: d, weight: 30}]",
      "spec.variants: the weights sum to 110, not 100: change weight"),
    SpecPatch(
      "variants: [{name: a, deployment: d, weight: 50, control: true}, {name: a, deployment: d, weight: 50}]",
      "spec.variants[a]: is there more than once: rename or remove one"),
    SpecPatch(
      "variants: [{name: a, deployment: d, weight: 50}, {name: b, deployment: d, weight: 50}]",
      "spec.variants: exactly one variant must be the control, and none is: set control: true on one of them"),
    SpecPatch(
      """
      variants:
      - {name: a, deployment: d, weight: 50, control: true}
      - {name: b, deployment: d, weight: 50, control: true}
      """,
      "spec.variants: exactly one variant must be the control, and a and b are: set control: true on one of them"),
    SpecPatch(
      "variants: [{name: a, deployment: d, control: true}, {name: b, deployment: d, weight: 100}]",
      "spec.variants[a].weight: is missing: set weight"),
    SpecPatch(
      """
      \(decision)
      bandit: {}
      variants: [{name: a, deployment: d, control: true}, {name: b, deployment: d, weight: 100}]
      """,
      "spec.variants[a].weight: is missing: set weight on all variants or on none"),
    SpecPatch(
      "{\(decision), bandit: {}, variants: [{name: a, deployment: d, control: true}, {name: b, deployment: d}]}"),
    SpecPatch(
      "variants: [{name: a, deployment: d, weight: 100, control: true}]",
      "spec.variants: takes 2 to 16 variants, and there are 1"),
    SpecPatch(
      "metrics: [{name: conversion, goal: Increase}]",
      "spec.metrics[conversion]: needs a source: set sql or prometheus, or name what the router measures: requests, "
        + "error_share, latency_mean_ms, latency_p50_ms, latency_p95_ms or latency_p99_ms"),
    SpecPatch(
      "metrics: [{name: c, goal: Increase, sql: {secret: s, query: q}, prometheus: {query: q}}]",
      "spec.metrics[c]: comes from sql or prometheus: remove one of them"),
    SpecPatch(
      "metrics: [{name: error_share, goal: Decrease, role: Guardrail}]",
      "spec.metrics[error_share]: a Guardrail needs a limit: set min, max or margin"),
    SpecPatch(
      "analysis: {}", "spec.metrics: analysis and bandit need a metric that decides: give one the role Decision"),
    SpecPatch(
      "{\(decision), analysis: {alpha: '1', power: '0.8', method: FixedHorizon}}",
      "spec.analysis.alpha: must be above 0 and below 1",
      "spec.analysis.minEffect: is missing: FixedHorizon needs the effect to plan for"),
    SpecPatch(
      "{\(decision), bandit: {minWeight: 60, epsilon: '2'}}",
      "spec.bandit.epsilon: must be from 0 to 1",
      "spec.bandit.minWeight: 2 variants with 60 each are more than 100: lower it"),
    SpecPatch(
      "onDecision: {shiftTraffic: true}", "spec.onDecision: needs a way to decide: set analysis"),
  ]

  @Test("Each problem, with its field and what to do", arguments: patches)
  func problem(patch: SpecPatch) throws {
    #expect(try patch.found(in: Self.base, as: ABExperiment.Spec.self) == patch.problems)
  }
}
