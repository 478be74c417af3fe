/// One dimension of a search space.
public struct Parameter: Sendable, Hashable {
  public let name: String
  public let domain: Domain
  /// Where the parameter exists only for some values of another.
  public let when: When?

  public init(_ name: String, _ domain: Domain, when: When? = nil) {
    self.name = name
    self.domain = domain
    self.when = when
  }

  /// The values of a parameter.
  public enum Domain: Sendable, Hashable {
    case numeric(NumericRange)
    /// Names without an order.
    case categorical([String])
    /// Names in an order that means something: neighbours are taken to behave alike.
    case ordinal([String])
  }

  /// The condition of a parameter: that another one has one of these values, compared as text.
  public struct When: Sendable, Hashable {
    public let parameter: String
    public let values: [String]

    public init(_ parameter: String, in values: [String]) {
      self.parameter = parameter
      self.values = values
    }
  }
}

/// The parameters of a search, checked: names are unique, conditions refer to parameters and values that exist,
/// and no parameter depends on itself.
public struct SearchSpace: Sendable, Hashable {
  public let parameters: [Parameter]
  /// For each parameter the one that decides whether it exists, and the coordinates of that one for which it does.
  let conditions: [Condition?]
  /// Parameters that exist together, those on which others depend first; in each, by name.
  let groups: [[Int]]
  /// Every parameter after the one it depends on, otherwise as declared.
  let order: [Int]

  struct Condition: Sendable, Hashable {
    let parent: Int
    let coordinates: [Double]
  }

  public init(_ parameters: [Parameter]) throws(SearchSpaceError) {
    guard !parameters.isEmpty else { throw SearchSpaceError("at least one parameter is needed") }
    var indexes: [String: Int] = [:]
    for (index, parameter) in parameters.enumerated() {
      guard indexes.updateValue(index, forKey: parameter.name) == nil else {
        throw SearchSpaceError("the name is used twice", parameter: parameter.name)
      }
      if let choices = parameter.domain.choices {
        guard !choices.isEmpty else { throw SearchSpaceError("choices must not be empty", parameter: parameter.name) }
        guard Set(choices).count == choices.count else {
          throw SearchSpaceError("choices must differ from each other", parameter: parameter.name)
        }
      }
    }
    var conditions: [Condition?] = []
    for parameter in parameters {
      conditions.append(try Self.condition(of: parameter, in: parameters, indexes))
    }
    let depths = try Self.depths(parameters, conditions)
    self.parameters = parameters
    self.conditions = conditions
    order = parameters.indices.sorted { (depths[$0], $0) < (depths[$1], $1) }
    var members: [Condition?: [Int]] = [:]
    for index in order { members[conditions[index], default: []].append(index) }
    groups = members.values.sorted { (depths[$0[0]], $0[0]) < (depths[$1[0]], $1[0]) }
      .map { $0.sorted { parameters[$0].name < parameters[$1].name } }
  }

  private static func condition(
    of parameter: Parameter, in parameters: [Parameter], _ indexes: [String: Int]
  ) throws(SearchSpaceError) -> Condition? {
    guard let when = parameter.when else { return nil }
    guard let parent = indexes[when.parameter] else {
      throw SearchSpaceError("when.parameter \(when.parameter) is not a parameter", parameter: parameter.name)
    }
    guard !when.values.isEmpty else { throw SearchSpaceError("when.in must not be empty", parameter: parameter.name) }
    var coordinates: [Double] = []
    for text in when.values {
      guard let coordinate = parameters[parent].domain.coordinate(of: text) else {
        throw SearchSpaceError("when.in: \(when.parameter) is never \(text)", parameter: parameter.name)
      }
      coordinates.append(coordinate)
    }
    return Condition(parent: parent, coordinates: coordinates.sorted())
  }

  private static func depths(
    _ parameters: [Parameter], _ conditions: [Condition?]
  ) throws(SearchSpaceError) -> [Int] {
    var depths: [Int] = []
    for index in parameters.indices {
      var depth = 0
      var current = index
      while let parent = conditions[current]?.parent {
        depth += 1
        guard depth <= parameters.count else {
          throw SearchSpaceError("the parameter depends on itself", parameter: parameters[index].name)
        }
        current = parent
      }
      depths.append(depth)
    }
    return depths
  }

  /// Whether a parameter exists at a point whose earlier parameters (in `order`) are set.
  func isActive(_ index: Int, at coordinates: [Double]) -> Bool {
    guard let condition = conditions[index] else { return true }
    let parent = coordinates[condition.parent]
    return !parent.isNaN && condition.coordinates.contains(parent)
  }
}

extension Parameter.Domain {
  /// The names among which the parameter chooses; nil for numbers.
  var choices: [String]? {
    switch self {
    case .numeric: nil
    case .categorical(let choices), .ordinal(let choices): choices
    }
  }

  /// How many values there are; nil where there are infinitely many.
  public var count: Int? {
    switch self {
    case .numeric(let range): range.isSingle ? 1 : range.count
    case .categorical(let choices), .ordinal(let choices): choices.count
    }
  }

  /// The coordinate of the value at an index below `count`.
  func coordinate(at index: Int) -> Double {
    switch self {
    case .numeric(let range): range.value(at: index)
    case .categorical, .ordinal: Double(index)
    }
  }

  /// The coordinate of a value written as text; nil where it is none of the values.
  func coordinate(of text: String) -> Double? {
    switch self {
    case .numeric(let range):
      guard let number = Double(text), range.contains(number) else { return nil }
      return range.nearest(number) + 0.0
    case .categorical(let choices), .ordinal(let choices):
      return choices.firstIndex(of: text).map(Double.init)
    }
  }

  /// A coordinate as text: whole numbers without a fraction, others with as many digits as tell them apart from
  /// every other number, so that reading the text gives the coordinate back exactly.
  func text(of coordinate: Double) -> String {
    switch self {
    case .numeric(let range):
      return range.isInteger ? (Int64(exactly: coordinate).map(String.init) ?? "\(coordinate)") : "\(coordinate)"
    case .categorical(let choices), .ordinal(let choices):
      guard let index = Int(exactly: coordinate), choices.indices.contains(index) else { return "" }
      return choices[index]
    }
  }
}
