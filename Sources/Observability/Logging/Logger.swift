public import JSON

/// Writes one JSON object a line: `ts`, `level`, `logger`, `msg`, then the key/values in the order given.
///
/// Messages are constant, capitalised and in the past tense, with everything that varies in the key/values; specs,
/// SQL values and secrets never go into either.
public struct Logger: Sendable {
  private let name: String
  private let context: [(String, JSONValue)]
  private let output: LogOutput

  public init(_ name: String, to output: LogOutput) {
    self.init(name: name, context: [], output: output)
  }

  private init(name: String, context: [(String, JSONValue)], output: LogOutput) {
    self.name = name
    self.context = context
    self.output = output
  }

  /// A logger whose lines also carry these key/values.
  public func with(_ fields: KeyValuePairs<String, JSONValue>) -> Logger {
    Logger(name: name, context: context + fields.map { ($0.key, $0.value) }, output: output)
  }

  /// A logger of another name with the same output and context.
  public func named(_ name: String) -> Logger { Logger(name: name, context: context, output: output) }

  public func debug(_ message: @autoclosure () -> String, _ fields: KeyValuePairs<String, JSONValue> = [:]) {
    log(.debug, message(), fields)
  }

  public func info(_ message: @autoclosure () -> String, _ fields: KeyValuePairs<String, JSONValue> = [:]) {
    log(.info, message(), fields)
  }

  public func warning(_ message: @autoclosure () -> String, _ fields: KeyValuePairs<String, JSONValue> = [:]) {
    log(.warning, message(), fields)
  }

  public func error(_ message: @autoclosure () -> String, _ fields: KeyValuePairs<String, JSONValue> = [:]) {
    log(.error, message(), fields)
  }

  public func log(
    _ level: LogLevel, _ message: @autoclosure () -> String, _ fields: KeyValuePairs<String, JSONValue> = [:]
  ) {
    guard level >= output.level else { return }
    var line = "{\"ts\":\"\(output.now().text)\",\"level\":\"\(level.rawValue)\""
    line += ",\"logger\":" + JSONValue.string(name).text()
    line += ",\"msg\":" + JSONValue.string(message()).text()
    for (key, value) in context { line += "," + JSONValue.string(key).text() + ":" + value.text() }
    for (key, value) in fields { line += "," + JSONValue.string(key).text() + ":" + value.text() }
    line += "}\n"
    output.sink.write(Array(line.utf8))
  }
}

/// How much a line matters.
public enum LogLevel: String, Sendable, Hashable, CaseIterable, Comparable {
  case debug
  case info
  case warning = "warn"
  case error

  private var rank: Int {
    switch self {
    case .debug: 0
    case .info: 1
    case .warning: 2
    case .error: 3
    }
  }

  public static func < (left: LogLevel, right: LogLevel) -> Bool { left.rank < right.rank }
}
