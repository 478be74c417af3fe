extension TrainingSweep.Spec {
  func checkParameters(_ check: inout SpecCheck) {
    if parameters.isEmpty { check.report("spec.parameters", "is empty: name at least one parameter") }
    check.unique(parameters.map(\.name), at: "spec.parameters")
    for parameter in parameters { parameter.check(&check) }
    checkConditions(&check)
  }

  /// Each `when` names a categorical parameter and some of its choices, and nothing depends on itself.
  private func checkConditions(_ check: inout SpecCheck) {
    let byName = Dictionary(parameters.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    for parameter in parameters {
      guard let when = parameter.when else { continue }
      let path = "spec.parameters[\(parameter.name)].when"
      guard let other = byName[when.parameter] else {
        let names = parameters.filter { $0.categorical != nil }.map(\.name)
        let hint = names.isEmpty ? "there is no categorical parameter" : "use \(SpecCheck.list(names, "or"))"
        check.report("\(path).parameter", "there is no parameter \(when.parameter): \(hint)")
        continue
      }
      guard let choices = other.categorical?.choices else {
        check.report("\(path).parameter", "\(when.parameter) is not categorical: name a categorical parameter")
        continue
      }
      if when.in.isEmpty { check.report("\(path).in", "is empty: name choices of \(when.parameter)") }
      for value in when.in where !choices.contains(value) {
        let hint = SpecCheck.list(choices, "or")
        check.report("\(path).in", "\(value) is not a choice of \(when.parameter): use \(hint)")
      }
      if dependsOnItself(parameter, byName) {
        check.report("\(path).parameter", "\(parameter.name) depends on itself: break the circle")
      }
    }
  }

  private func dependsOnItself(
    _ parameter: TrainingSweep.Parameter, _ byName: [String: TrainingSweep.Parameter]
  ) -> Bool {
    var next = parameter.when?.parameter
    for _ in parameters {
      guard let name = next else { return false }
      if name == parameter.name { return true }
      next = byName[name]?.when?.parameter
    }
    return false
  }
}

extension TrainingSweep.Parameter {
  fileprivate func check(_ check: inout SpecCheck) {
    let path = "spec.parameters[\(name)]"
    check.exactlyOne(
      ["double": self.double != nil, "int": self.int != nil, "categorical": categorical != nil], at: path)
    if name.hasPrefix("MLFLOW_") || name.hasPrefix("MARTLET_") {
      check.report("\(path).name", "names that begin with MLFLOW_ or MARTLET_ are the operator's: rename the parameter")
    }
    self.double?.check(&check, at: "\(path).double")
    self.int?.check(&check, at: "\(path).int")
    if let choices = categorical?.choices {
      if choices.isEmpty { check.report("\(path).categorical.choices", "is empty: name at least one choice") }
      check.unique(choices, at: "\(path).categorical.choices")
    }
  }
}

private let logNeedsPositive = "must be above 0 for a Log scale: raise min or use scale Linear"
private let logHasNoStep = "has no meaning on a Log scale: remove step or use scale Linear"

extension TrainingSweep.DoubleRange {
  fileprivate func check(_ check: inout SpecCheck, at path: String) {
    check.bounds(min: min, max: max, at: path)
    if scale == .log, let low = DecimalText.value(min), low <= 0 { check.report("\(path).min", logNeedsPositive) }
    guard let step else { return }
    if let size = check.decimal(step, at: "\(path).step"), size <= 0 {
      check.report("\(path).step", "must be above 0: raise or remove it")
    }
    if scale == .log { check.report("\(path).step", logHasNoStep) }
  }
}

extension TrainingSweep.IntRange {
  fileprivate func check(_ check: inout SpecCheck, at path: String) {
    if min > max { check.report("\(path).min", "is above max: lower min or raise max") }
    if scale == .log, min <= 0 { check.report("\(path).min", logNeedsPositive) }
    guard let step else { return }
    if step < 1 { check.report("\(path).step", "must be at least 1: raise or remove it") }
    if step != 1, scale == .log { check.report("\(path).step", logHasNoStep) }
  }
}
