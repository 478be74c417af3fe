import CRDTypes
import JSON
import Testing
import YAML

@Suite("What is said about a TrainingSweep")
struct TrainingSweepValidationTests {
  static let base = """
    objective: {metric: auc, goal: Maximize}
    parameters:
    - {name: lr, double: {min: "0.001", max: "0.1"}}
    - {name: booster, categorical: {choices: [gbtree, dart]}}
    trials: {max: 10}
    template: {spec: {containers: [{name: train, image: i}]}}
    """

  @Test("Nothing, where all is well")
  func good() throws {
    #expect(try SpecPatch("{}").found(in: Self.base, as: TrainingSweep.Spec.self) == [])
  }

  static let patches: [SpecPatch] = [
    SpecPatch("objective: null", "spec: exactly one of objective and objectives must be set; none is"),
    SpecPatch(
      "objectives: [{metric: a, goal: Maximize}, {metric: b, goal: Minimize}]",
      "spec: exactly one of objective and objectives must be set; objective and objectives are"),
    SpecPatch(
      "objective: {target: 0.5x}",
      "spec.objective.target: \"0.5x\" is not a decimal number: write one such as \"0.05\""),
    SpecPatch("constraints: [{metric: ms}]", "spec.constraints[ms]: needs min, max or both: set at least one"),
    SpecPatch(
      "constraints: [{metric: ms, min: '9', max: '10'}, {metric: mb, min: '2', max: '1.5'}]",
      "spec.constraints[mb].min: is above max: lower min or raise max"),
    SpecPatch(
      "parameters: [{name: a, int: {min: 3, max: 2}}]",
      "spec.parameters[a].int.min: is above max: lower min or raise max"),
    SpecPatch(
      "parameters: [{name: a, double: {min: '3', max: '2'}}]",
      "spec.parameters[a].double.min: is above max: lower min or raise max"),
    SpecPatch(
      "parameters: [{name: a, double: {min: '0', max: '2', scale: Log}}]",
      "spec.parameters[a].double.min: must be above 0 for a Log scale: raise min or use scale Linear"),
    SpecPatch(
      "parameters: [{name: a, int: {min: 0, max: 2, scale: Log}}]",
      "spec.parameters[a].int.min: must be above 0 for a Log scale: raise min or use scale Linear"),
    SpecPatch(
      "parameters: [{name: a, double: {min: '1', max: '2', scale: Log, step: '0.5'}}]",
      "spec.parameters[a].double.step: has no meaning on a Log scale: remove step or use scale Linear"),
    SpecPatch(
      "parameters: [{name: a, double: {min: '1', max: '2', step: '0'}}]",
      "spec.parameters[a].double.step: must be above 0: raise or remove it"),
    SpecPatch(
      "parameters: [{name: a}]",
      "spec.parameters[a]: exactly one of double, int and categorical must be set; none is"),
    SpecPatch(
      "parameters: [{name: a, int: {min: 1, max: 2}, categorical: {choices: [x]}}]",
      "spec.parameters[a]: exactly one of double, int and categorical must be set; int and categorical are"),
    SpecPatch(
      "parameters: [{name: a, int: {min: 1, max: 2}}, {name: a, int: {min: 1, max: 2}}]",
      "spec.parameters[a]: is there more than once: rename or remove one"),
    SpecPatch(
      "parameters: [{name: MLFLOW_RUN_ID, int: {min: 1, max: 2}}]",
      "spec.parameters[MLFLOW_RUN_ID].name: names that begin with MLFLOW_ or MARTLET_ are the operator's: "
        + "rename the parameter"),
    SpecPatch(
      """
      parameters:
      - {name: a, int: {min: 1, max: 2}, when: {parameter: nothing, in: [x]}}
      - {name: b, categorical: {choices: [u, v]}}
      """,
      "spec.parameters[a].when.parameter: there is no parameter nothing: use b"),
    SpecPatch(
      """
      parameters:
      - {name: a, int: {min: 1, max: 2}, when: {parameter: b, in: ["1"]}}
      - {name: b, int: {min: 1, max: 2}}
      """,
      "spec.parameters[a].when.parameter: b is not categorical: name a categorical parameter"),
    SpecPatch(
      """
      parameters:
      - {name: a, int: {min: 1, max: 2}, when: {parameter: b, in: [u, z]}}
      - {name: b, categorical: {choices: [u, v]}}
      """,
      "spec.parameters[a].when.in: z is not a choice of b: use u or v"),
    SpecPatch(
      """
      parameters:
      - {name: a, categorical: {choices: [x]}, when: {parameter: b, in: [x]}}
      - {name: b, categorical: {choices: [x]}, when: {parameter: a, in: [x]}}
      """,
      "spec.parameters[a].when.parameter: a depends on itself: break the circle",
      "spec.parameters[b].when.parameter: b depends on itself: break the circle"),
    SpecPatch(
      "search: {algorithm: Grid}",
      "spec.parameters[lr].double.step: algorithm Grid needs it: add step, or list the values as "
        + "categorical.choices"),
    SpecPatch(
      """
      search: {algorithm: Grid}
      parameters: [{name: a, int: {min: 1, max: 6}}, {name: b, categorical: {choices: [u, v]}}]
      """,
      "spec.parameters: the grid has 12 combinations and trials.max is 10: raise trials.max to 12, take larger steps, "
        + "or use another algorithm"),
    SpecPatch(
      "search: {algorithm: Hyperband}",
      "spec.search.hyperband: belongs to algorithm Hyperband, which needs it: set both or neither"),
    SpecPatch(
      "search: {algorithm: Hyperband, hyperband: {minSteps: 9, maxSteps: 3}}",
      "spec.search.hyperband.minSteps: is above maxSteps: lower minSteps or raise maxSteps"),
    SpecPatch(
      """
      objective: null
      objectives: [{metric: a, goal: Maximize}, {metric: b, goal: Minimize}]
      search: {algorithm: CMAES}
      register: {model: m}
      earlyStopping: {median: {}}
      """,
      "spec.search.algorithm: CMAES takes one objective: use Auto, Random, Grid, Sobol, TPE or GP",
      "spec.earlyStopping: follows one metric: use objective instead of objectives, or remove earlyStopping",
      "spec.register: needs a single best run: use objective instead of objectives, or remove register"),
    SpecPatch(
      "{search: {algorithm: CMAES}, parameters: [{name: a, categorical: {choices: [x]}}]}",
      "spec.search.algorithm: CMAES needs a numeric parameter: use Auto, Grid, Random or TPE"),
    SpecPatch(
      "search: {points: [{lr: '0.01'}, {lr: '0.5', booster: tree, depth: '3'}]}",
      "spec.search.points[1].booster: tree is not a choice: use gbtree or dart",
      "spec.search.points[1].depth: there is no such parameter: the sweep has lr and booster",
      "spec.search.points[1].lr: 0.5 is outside 0.001 to 0.1"),
    SpecPatch(
      "{crossValidation: {folds: 5}, nodes: 2}",
      "spec.nodes: cannot be combined with crossValidation: remove one of them"),
    SpecPatch(
      "trials: {timeout: 2 hours, metricGracePeriod: '5'}",
      "spec.trials.timeout: \"2 hours\" is not a duration: write one such as 90s, 5m, 1h30m or 14d",
      "spec.trials.metricGracePeriod: \"5\" is not a duration: write one such as 90s, 5m, 1h30m or 14d"),
    SpecPatch("trials: {timeout: 0s}", "spec.trials.timeout: must be longer than 0: raise it"),
    SpecPatch(
      "budget: {}",
      "spec.budget: needs gpuHours, wallClock or noProgressTrials: set at least one, or remove budget"),
    SpecPatch(
      "budget: {gpuHours: '40'}",
      "spec.budget.gpuHours: counts the GPUs of gpus.perTrial, and there are none: set gpus"),
    SpecPatch(
      "{budget: {gpuHours: '0'}, gpus: {}}", "spec.budget.gpuHours: must be above 0: raise it"),
    SpecPatch(
      "earlyStopping: {asha: {}, median: {}}",
      "spec.earlyStopping: exactly one of asha, median and patience must be set; asha and median are"),
    SpecPatch(
      "earlyStopping: {patience: {steps: 3, minDelta: '-1'}}",
      "spec.earlyStopping.patience.minDelta: must not be below 0: raise it"),
    SpecPatch(
      "{search: {algorithm: Hyperband, hyperband: {maxSteps: 9}}, earlyStopping: {median: {}}}",
      "spec.earlyStopping: cannot be combined with algorithm Hyperband, which stops trials itself: remove one of them"),
    SpecPatch(
      "priorityClass: high",
      "spec.priorityClass: is a Kueue priority and needs queue: set queue, or use priorityClassName in the template"),
    SpecPatch("template: {spec: null}", "spec.template.spec: is missing: write a pod's spec with containers"),
    SpecPatch(
      "template: {spec: {containers: []}}", "spec.template.spec.containers: is empty: add the container to run"),
    SpecPatch(
      "template: {spec: {containers: [{name: train}, {image: i}]}}",
      "spec.template.spec.containers[train].image: is missing: name the image to run",
      "spec.template.spec.containers[1].name: is missing: name the container"),
    SpecPatch(
      "template: {spec: {restartPolicy: Always}}",
      "spec.template.spec.restartPolicy: must be Never, not Always: change or remove it"),
    SpecPatch(
      "keepJobs: for ever",
      "spec.keepJobs: \"for ever\" is not a duration: write one such as 90s, 5m, 1h30m or 14d"),
  ]

  @Test("Each problem, with its field and what to do", arguments: patches)
  func problem(patch: SpecPatch) throws {
    #expect(try patch.found(in: Self.base, as: TrainingSweep.Spec.self) == patch.problems)
  }

  static let grids: [(String, Int64?)] = [
    ("[{name: a, int: {min: 1, max: 10, step: 4}}]", 3),
    ("[{name: a, double: {min: '0', max: '1', step: '0.1'}}]", 11),
    ("[{name: a, double: {min: '0.1', max: '0.35', step: '0.1'}}]", 3),
    ("[{name: a, double: {min: '0', max: '1'}}]", nil),
    ("[{name: a, categorical: {choices: [u, v]}}, {name: b, int: {min: 1, max: 3}, when: {parameter: a, in: [v]}}]", 4),
    (
      """
      [{name: c, int: {min: 1, max: 5}, when: {parameter: b, in: [p]}},
       {name: b, categorical: {choices: [p, q]}, when: {parameter: a, in: [v]}},
       {name: a, categorical: {choices: [u, v]}}]
      """, 7
    ),
    ("[{name: a, int: {min: 0, max: 9000000000000}}, {name: b, int: {min: 0, max: 9000000000000}}]", nil),
  ]

  @Test("The size of a grid counts conditional parameters only where they are", arguments: grids)
  func gridSize(parameters: String, expected: Int64?) throws {
    var spec = try JSONValue(yaml: Self.base).decoded(as: TrainingSweep.Spec.self)
    spec.parameters = try JSONValue(yaml: parameters).decoded()
    #expect(spec.gridSize == expected)
  }

  @Test(
    "A constraint admits what lies within its bounds, and never NaN",
    arguments: [(1.0, false), (2, true), (3, true), (3.5, false), (.nan, false), (.infinity, false)])
  func constraint(value: Double, isAdmitted: Bool) {
    #expect(TrainingSweep.Constraint(metric: "m", min: "2", max: "3").admits(value) == isAdmitted)
  }
}
