extension TrainingSweep {
  /// How a range is searched.
  public enum Scale: String, Sendable, Hashable, Codable, CaseIterable {
    /// Evenly over the values.
    case linear = "Linear"
    /// Evenly over the logarithms of the values.
    case log = "Log"
  }

  /// One dimension of the search space. Each trial's containers get its value in an environment variable of its name,
  /// so $(name) in command and args is expanded by Kubernetes. Exactly one of double, int and categorical is set.
  public struct Parameter: Sendable, Hashable, Codable {
    /// The name of the parameter, of the environment variable and of the MLflow parameter.
    public var name: String
    /// A range of real numbers.
    public var double: DoubleRange?
    /// A range of integers.
    public var int: IntRange?
    /// A set of values.
    public var categorical: Choices?
    /// Only trials in which another parameter has one of these values have this parameter.
    public var when: When?

    public init(
      name: String, double: DoubleRange? = nil, int: IntRange? = nil, categorical: Choices? = nil, when: When? = nil
    ) {
      self.name = name
      self.double = double
      self.int = int
      self.categorical = categorical
      self.when = when
    }
  }

  /// A range of real numbers, both ends included.
  public struct DoubleRange: Sendable, Hashable, Codable {
    /// The least value. A decimal, as a string, such as "0.001" or "1e-5".
    public var min: String
    /// The greatest value. A decimal, as a string.
    public var max: String
    /// Only min and multiples of this above it are tried. A decimal above 0, as a string.
    public var step: String?
    /// Linear (the default), or Log to search evenly over the logarithms; Log needs min above 0.
    public var scale: Scale?

    public init(min: String, max: String, step: String? = nil, scale: Scale? = nil) {
      self.min = min
      self.max = max
      self.step = step
      self.scale = scale
    }
  }

  /// A range of integers, both ends included.
  public struct IntRange: Sendable, Hashable, Codable {
    /// The least value.
    public var min: Int64
    /// The greatest value.
    public var max: Int64
    /// Only min and multiples of this above it are tried. At least 1.
    public var step: Int64?
    /// Linear (the default), or Log to search evenly over the logarithms; Log needs min above 0.
    public var scale: Scale?

    public init(min: Int64, max: Int64, step: Int64? = nil, scale: Scale? = nil) {
      self.min = min
      self.max = max
      self.step = step
      self.scale = scale
    }
  }

  /// A set of values, given to the trial as they are written.
  public struct Choices: Sendable, Hashable, Codable {
    /// The values. Numbers are written as strings.
    public var choices: [String]
    /// Whether the order of the choices means something, as in small, medium, large: neighbours are then taken to
    /// behave alike. Off by default.
    public var ordered: Bool?

    public init(choices: [String], ordered: Bool? = nil) {
      self.choices = choices
      self.ordered = ordered
    }
  }

  /// The condition under which a parameter exists.
  public struct When: Sendable, Hashable, Codable {
    /// The name of a categorical parameter of this sweep.
    public var parameter: String
    /// The choices of that parameter with which this one exists.
    public var `in`: [String]

    public init(parameter: String, `in`: [String]) {
      self.parameter = parameter
      self.in = `in`
    }
  }
}

extension TrainingSweep.Parameter {
  static let schema = Schema.object(
    """
    One dimension of the search space. Each trial's containers get its value in an environment variable of its \
    name, so $(name) in command and args is expanded by Kubernetes. Exactly one of double, int and categorical is \
    set.
    """,
    [
      .required(
        "name",
        .string(
          "The name of the parameter, of the environment variable and of the MLflow parameter.",
          minLength: 1, maxLength: 63, pattern: "^[A-Za-z_][A-Za-z0-9_.-]*$")),
      .optional("double", TrainingSweep.DoubleRange.schema.described("A range of real numbers.")),
      .optional("int", TrainingSweep.IntRange.schema.described("A range of integers.")),
      .optional("categorical", TrainingSweep.Choices.schema.described("A set of values.")),
      .optional(
        "when",
        TrainingSweep.When.schema.described(
          "Only trials in which another parameter has one of these values have this parameter.")),
    ],
    rules: [
      ValidationRule(
        "(has(self.double) ? 1 : 0) + (has(self.int) ? 1 : 0) + (has(self.categorical) ? 1 : 0) == 1",
        message: "a parameter is one of double, int and categorical: set exactly one of them"),
      ValidationRule(
        "!self.name.startsWith('MLFLOW_') && !self.name.startsWith('MARTLET_')",
        message: """
          names that begin with MLFLOW_ or MARTLET_ are variables of the operator: rename the parameter
          """, field: "name"),
      ValidationRule(
        "!has(self.when) || self.when.parameter != self.name",
        message: "a parameter cannot depend on itself: name another parameter in when.parameter", field: "when"),
    ])
}

extension TrainingSweep.DoubleRange {
  static let schema = Schema.object(
    "A range of real numbers, both ends included.",
    [
      .required("min", .decimal("The least value. A decimal, as a string, such as \"0.001\" or \"1e-5\".")),
      .required("max", .decimal("The greatest value. A decimal, as a string.")),
      .optional("step", .decimal("Only min and multiples of this above it are tried. A decimal above 0, as a string.")),
      .optional(
        "scale",
        .choice(
          "Linear (the default), or Log to search evenly over the logarithms; Log needs min above 0.",
          of: TrainingSweep.Scale.self, default: .linear)),
    ],
    rules: [
      ValidationRule("double(self.min) <= double(self.max)", message: "min is above max: lower min or raise max"),
      ValidationRule(
        "!has(self.scale) || self.scale != 'Log' || double(self.min) > 0.0",
        message: "min must be above 0 for a Log scale: raise min or use scale Linear"),
      ValidationRule("!has(self.step) || double(self.step) > 0.0", message: "step must be above 0: raise or remove it"),
      ValidationRule(
        "!has(self.step) || !has(self.scale) || self.scale != 'Log'",
        message: "step has no meaning on a Log scale: remove step or use scale Linear"),
    ])
}

extension TrainingSweep.IntRange {
  static let schema = Schema.object(
    "A range of integers, both ends included.",
    [
      .required("min", .int64("The least value.")),
      .required("max", .int64("The greatest value.")),
      .optional("step", .int64("Only min and multiples of this above it are tried. At least 1.", minimum: 1)),
      .optional(
        "scale",
        .choice(
          "Linear (the default), or Log to search evenly over the logarithms; Log needs min above 0.",
          of: TrainingSweep.Scale.self, default: .linear)),
    ],
    rules: [
      ValidationRule("self.min <= self.max", message: "min is above max: lower min or raise max"),
      ValidationRule(
        "!has(self.scale) || self.scale != 'Log' || self.min > 0",
        message: "min must be above 0 for a Log scale: raise min or use scale Linear"),
      ValidationRule(
        "!has(self.step) || self.step == 1 || !has(self.scale) || self.scale != 'Log'",
        message: "step has no meaning on a Log scale: remove step or use scale Linear"),
    ])
}

extension TrainingSweep.Choices {
  static let schema = Schema.object(
    "A set of values, given to the trial as they are written.",
    [
      .required(
        "choices",
        .list(
          "The values. Numbers are written as strings.",
          of: .string("One value.", maxLength: 250), minItems: 1, maxItems: 100, kind: .set)),
      .optional(
        "ordered",
        .boolean(
          """
          Whether the order of the choices means something, as in small, medium, large: neighbours are then taken \
          to behave alike. Off by default.
          """,
          default: false)),
    ])
}

extension TrainingSweep.When {
  static let schema = Schema.object(
    "The condition under which a parameter exists.",
    [
      .required(
        "parameter",
        .string(
          "The name of a categorical parameter of this sweep.",
          minLength: 1, maxLength: 63)),
      .required(
        "in",
        .list(
          "The choices of that parameter with which this one exists.",
          of: .string("One choice of the other parameter.", maxLength: 250), minItems: 1, maxItems: 100, kind: .set)),
    ])
}
