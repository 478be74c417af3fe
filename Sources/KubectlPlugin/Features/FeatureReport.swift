import CRDTypes
import FeatureStore
import FoundationEssentials
import JSON

/// An entity's features, ready to be printed.
struct FeatureReport: Sendable {
  let featureSet: String
  let definition: FeatureSetDefinition
  let entity: EntityKey
  let names: [String]
  let row: FeatureRow
  let now: Date

  func table() -> String {
    let types = Dictionary(uniqueKeysWithValues: definition.features.map { ($0.name, $0.type.rawValue) })
    let rows = names.enumerated().map { index, name in
      [name, types[name] ?? "", row.statuses[index].rawValue, ValueText.text(row.values[index])]
    }
    var head = "\(featureSet)  \(entity.text)"
    if let event = row.eventTime {
      head += "  as of \(Timestamp.text(event)) (\(Age.text(seconds: Int(now.timeIntervalSince(event)))) ago)"
    }
    return head + "\n" + TextTable(["FEATURE", "TYPE", "STATUS", "VALUE"], rows).text
  }

  func json() -> JSONValue {
    .compact([
      "featureSet": .string(featureSet),
      "entity": .object(JSONObject(zip(entity.names, entity.values.map(ValueText.json)))),
      "eventTime": row.eventTime.map { .string(Timestamp.text($0)) },
      "features": .array(
        names.enumerated().map { index, name in
          [
            "name": .string(name), "status": .string(row.statuses[index].rawValue),
            "value": ValueText.json(row.values[index]),
          ]
        }),
    ])
  }
}

/// Values as text and as JSON.
enum ValueText {
  static func text(_ value: FeatureValue) -> String {
    switch value {
    case .null: ""
    case .int64(let number): String(number)
    case .double(let number): String(number)
    case .string(let text): text
    case .bool(let flag): String(flag)
    case .timestamp(let date): Timestamp.microText(date)
    }
  }

  /// JSON has no infinities and no NaN: they are strings.
  static func json(_ value: FeatureValue) -> JSONValue {
    switch value {
    case .null: .null
    case .int64(let number): .integer(number)
    case .double(let number): number.isFinite ? .number(number) : .string(String(number))
    case .string(let text): .string(text)
    case .bool(let flag): .bool(flag)
    case .timestamp(let date): .string(Timestamp.microText(date))
    }
  }
}
