import CRDTypes
import JSON

/// The search space of an Experiment.
struct KatibParameters: Sendable {
  private(set) var parameters: [JSONValue] = []
  /// Katib's names by those of the sweep's parameters: environment variables have fewer letters.
  private(set) var names: [String: String] = [:]
  private(set) var notes: [String] = []

  init(_ entries: [JSONValue]) throws {
    guard !entries.isEmpty else {
      throw Complaint("spec.parameters of the Experiment is empty: a sweep needs at least one")
    }
    for (index, entry) in entries.enumerated() {
      guard let name = entry["name"]?.string, !name.isEmpty else {
        throw Complaint("spec.parameters[\(index)].name of the Experiment is missing")
      }
      let own = unique(Self.environmentName(name))
      names[name] = own
      if own != name {
        notes.append("parameter \(name) is called \(own), as it becomes an environment variable")
      }
      var parameter: JSONObject = ["name": .string(own)]
      let space = entry["feasibleSpace"] ?? [:]
      switch entry["parameterType"]?.string {
      case "double": parameter["double"] = try range(name, space, integer: false)
      case "int": parameter["int"] = try range(name, space, integer: true)
      case "discrete", "categorical": parameter["categorical"] = try choices(name, entry, space)
      case let type:
        throw Complaint(
          "parameter \(name): parameterType \(type ?? "(none)") is not one of double, int, discrete, categorical")
      }
      parameters.append(.object(parameter))
    }
  }

  /// A name of letters, digits and underscores that begins with no digit.
  static func environmentName(_ name: String) -> String {
    var out = ""
    for byte in name.utf8 {
      let character = Character(Unicode.Scalar(byte))
      let isLetter = (65...90).contains(byte) || (97...122).contains(byte) || byte == 95
      if isLetter || ((48...57).contains(byte) && !out.isEmpty) {
        out.append(character)
      } else if !out.isEmpty {
        out.append("_")
      }
    }
    while out.hasSuffix("_"), out.count > 1 { out.removeLast() }
    return out.isEmpty ? "parameter" : out
  }

  private func unique(_ name: String) -> String {
    var candidate = name
    var number = 2
    while names.values.contains(candidate) {
      candidate = "\(name)_\(number)"
      number += 1
    }
    return candidate
  }

  private mutating func range(_ name: String, _ space: JSONValue, integer: Bool) throws -> JSONValue {
    func text(_ key: String) -> String? { space[key]?.string ?? space[key]?.double.map { "\($0)" } }
    guard let low = text("min"), let high = text("max") else {
      throw Complaint("parameter \(name): feasibleSpace needs min and max")
    }
    var out: JSONObject
    if integer {
      guard let min = Double(low).flatMap({ Int64(exactly: $0) }),
        let max = Double(high).flatMap({ Int64(exactly: $0) })
      else { throw Complaint("parameter \(name): min and max of an int must be whole numbers, not \(low) and \(high)") }
      out = ["min": .integer(min), "max": .integer(max)]
      if let step = text("step").flatMap(Double.init).flatMap({ Int64(exactly: $0) }), step > 1 {
        out["step"] = .integer(step)
      }
    } else {
      guard let min = Double(low), let max = Double(high), let minText = DecimalText.text(min),
        let maxText = DecimalText.text(max)
      else { throw Complaint("parameter \(name): min and max must be numbers, not \(low) and \(high)") }
      out = ["min": .string(minText), "max": .string(maxText)]
      if let step = text("step").flatMap(Double.init).flatMap(DecimalText.text) { out["step"] = .string(step) }
    }
    switch space["distribution"]?.string ?? "uniform" {
    case "uniform": break
    case "logUniform": out["scale"] = "Log"
    case let other:
      if other == "logNormal" { out["scale"] = "Log" }
      notes.append("parameter \(name): distribution \(other) has no counterpart: the range is searched evenly")
    }
    return .object(out)
  }

  private mutating func choices(_ name: String, _ entry: JSONValue, _ space: JSONValue) throws -> JSONValue {
    let list = (space["list"]?.array ?? []).compactMap { $0.string ?? $0.double.map { "\($0)" } }
    guard !list.isEmpty else { throw Complaint("parameter \(name): feasibleSpace.list is empty") }
    guard entry["parameterType"]?.string == "discrete" else { return ["choices": JSONValue(list)] }
    // Katib forgets that the numbers of a list have an order.
    let sorted = list.allSatisfy { Double($0) != nil } ? list.sorted { (Double($0) ?? 0) < (Double($1) ?? 0) } : list
    return ["choices": JSONValue(sorted), "ordered": true]
  }
}
