import FoundationEssentials
import JSON

extension BuiltinPrinters {
  private static let eventColumns = [
    TableColumn("Last Seen"), TableColumn("Type"), TableColumn("Reason"), TableColumn("Object"),
    TableColumn("Subobject", wide: true), TableColumn("Source", wide: true), TableColumn("Message"),
    TableColumn("First Seen", wide: true), TableColumn("Count", wide: true), TableColumn("Name", wide: true),
  ]

  static let events = RowPrinter(eventColumns, eventCells)

  static let eventsGroupEvents = RowPrinter(eventColumns) { eventCells(EventConversion.toCore($0), $1) }

  private static func eventCells(_ event: JSONValue, _ now: Date) -> [JSONValue] {
    let eventTime = event["eventTime"]?.string
    let first = event["firstTimestamp"]?.string ?? eventTime
    let last = event[path: "series", "lastObservedTime"]?.string ?? event["lastTimestamp"]?.string ?? first
    let count = event[path: "series", "count"]?.integer ?? event["count"]?.integer ?? 1
    let about = event["involvedObject"]
    let component = event[path: "source", "component"]?.string ?? event["reportingComponent"]?.string ?? ""
    let host = event[path: "source", "host"]?.string ?? event["reportingInstance"]?.string ?? ""
    let message = event["message"]?.string ?? ""
    return [
      .string(HumanDuration.since(last, now: now)), text(event["type"], else: ""), text(event["reason"], else: ""),
      .string("\(about?["kind"]?.string?.lowercased() ?? "")/\(about?["name"]?.string ?? "")"),
      text(about?["fieldPath"], else: ""), .string(host.isEmpty ? component : "\(component), \(host)"),
      .string(message), .string(HumanDuration.since(first, now: now)), .integer(count), .string(event.name),
    ]
  }
}
