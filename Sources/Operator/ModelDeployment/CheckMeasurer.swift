import CRDTypes
import ControllerKit
import FoundationEssentials
import JSON
import MLflow
import Planning
import Postgres
import Transport

/// Measures what the checks of a rollout ask for. What cannot be measured is missing, with the reason.
///
/// A result counts for a moment, so that plans in quick succession do not ask again.
actor CheckMeasurer {
  private struct Key: Hashable {
    let uid: String
    let window: RolloutWindow
  }

  private struct Entry {
    let measurements: [String: CheckMeasurement]
    let time: Duration
  }

  /// How long a result counts.
  private static let lifetime: Duration = .seconds(2)
  private static let timeouts = Timeouts(connect: .seconds(5), idle: .seconds(10), total: .seconds(10))

  private let client: HTTPClient
  private let pools: DatabasePools
  private let secrets: SecretReader
  private let time: any TimeSource
  /// The address of Prometheus where a check names none.
  private let prometheus: String?
  private var entries: [String: (key: RolloutWindow, entry: Entry)] = [:]

  init(
    client: HTTPClient, pools: DatabasePools, secrets: SecretReader, prometheus: String?,
    time: any TimeSource = SystemTime()
  ) {
    self.client = client
    self.pools = pools
    self.secrets = secrets
    self.prometheus = prometheus
    self.time = time
  }

  /// What was measured for each check, by its name; those of routers are not among them.
  func measure(
    _ window: RolloutWindow, of resource: ModelDeployment, _ database: TrackingDatabase?
  ) async -> [String: CheckMeasurement] {
    let uid = resource.metadata.uid ?? ""
    guard window.start != nil else {
      entries[uid] = nil
      return [:]
    }
    if let (key, entry) = entries[uid], key == window, time.now - entry.time < Self.lifetime {
      return entry.measurements
    }
    var out: [String: CheckMeasurement] = [:]
    for check in window.checks {
      if let query = check.prometheus {
        out[check.name] = await measure(query, window)
      } else if let query = check.sql {
        out[check.name] = await measure(query, window, namespace: resource.metadata.namespace)
      } else if let metric = check.metric {
        out[check.name] = await measure(metric, window, database)
      }
    }
    entries[uid] = (window, Entry(measurements: out, time: time.now))
    return out
  }

  private func measure(_ check: ModelDeployment.PrometheusCheck, _ window: RolloutWindow) async -> CheckMeasurement {
    guard let address = check.address ?? prometheus else {
      return .missing("no Prometheus is known: set the check's prometheus.address, or --prometheus-url of the operator")
    }
    let began = window.start.flatMap(Timestamp.date) ?? time.date
    let seconds = max(1, Int(time.date.timeIntervalSince(began).rounded(.up)))
    let query = check.query.replacing("$(service)", with: window.candidate)
      .replacing("$(stableService)", with: window.stable).replacing("$(window)", with: "\(seconds)s")
    let base = address.hasSuffix("/") ? String(address.dropLast()) : address
    do {
      let response = try await client.send(
        HTTPRequest(url: "\(base)/api/v1/query?query=\(PercentEncoding.encode(query))", timeouts: Self.timeouts))
      return PrometheusAnswer.read(response.body, status: response.status)
    } catch {
      return .missing("Prometheus at \(base) cannot be asked: \(error)")
    }
  }

  private func measure(
    _ check: ModelDeployment.SQLCheck, _ window: RolloutWindow, namespace: String?
  ) async -> CheckMeasurement {
    let key = ObjectKey(namespace: namespace, name: check.secret)
    do {
      guard let secret = try await secrets.secret(key) else {
        return .missing("there is no Secret \(check.secret) in this namespace")
      }
      let pool = try await pools.pool(for: DatabaseSecret.configuration(secret.fields, name: check.secret))
      let began = window.start.flatMap(Timestamp.date) ?? time.date
      let rows = try await pool.query(
        SQLCheckStatement.statement(check.query, candidate: window.candidate, start: began), timeout: .seconds(10))
      return SQLCheckStatement.number(rows)
    } catch {
      return .missing("the query cannot be answered: \(FeatureSetTrouble(error)?.message ?? String(describing: error))")
    }
  }

  private func measure(
    _ check: ModelDeployment.MetricCheck, _ window: RolloutWindow, _ database: TrackingDatabase?
  ) async -> CheckMeasurement {
    guard let database else { return .missing("MLflow's database cannot be asked") }
    let runs = [window.candidateRun, window.stableRun].compactMap { $0 }
    do {
      let found = try await database.latestMetrics(of: runs, metrics: [check.name])
      func value(_ run: String?) -> Double? { run.flatMap { found[$0]?[check.name]?.value } }
      return .metric(candidate: value(window.candidateRun), stable: value(window.stableRun))
    } catch {
      return .missing("MLflow's database cannot be asked: \(error)")
    }
  }
}

/// What Prometheus answers to an instant query (its HTTP API, version 1).
enum PrometheusAnswer {
  static func read(_ body: [UInt8], status: Int) -> CheckMeasurement {
    guard let answer = try? JSONValue(parsing: body) else { return .missing("Prometheus answered \(status) without JSON") }
    guard answer["status"]?.string == "success" else {
      return .missing("Prometheus refuses the query: \(answer["error"]?.string ?? "status \(status)")")
    }
    let data = answer["data"]
    let text: String?
    switch data?["resultType"]?.string {
    case "scalar": text = data?["result"]?[1]?.string
    case "vector":
      let samples = data?["result"]?.array ?? []
      guard samples.count == 1 else {
        return .missing(
          samples.isEmpty
            ? "Prometheus has no data for the query"
            : "the query gives \(samples.count) numbers, and one is needed: aggregate it, as with sum()")
      }
      text = samples[0]["value"]?[1]?.string
    default: return .missing("the query gives a \(data?["resultType"]?.string ?? "nothing"), and one number is needed")
    }
    guard let number = text.flatMap({ Double($0) }), number.isFinite else {
      return .missing("the query gives \(text ?? "nothing"), which is no number")
    }
    return .number(number)
  }
}

/// The statement of an SQL check and its result.
enum SQLCheckStatement {
  /// The user's statement with `$1`, the revision's Service, and `$2`, the time, bound where it names them; as a
  /// subquery, so that any number comes as one type.
  static func statement(_ text: String, candidate: String, start: Date) -> SQL {
    var out = SQL(unescaped: "SELECT (")
    var rest = Substring(text.trimmed)
    while let next = rest.firstIndex(of: "$") {
      let after = rest.index(after: next)
      out += SQL(unescaped: String(rest[..<next]))
      let digits = rest[after...].prefix { $0.isNumber }
      switch digits {
      case "1": out += "\(candidate)"
      case "2": out += "\(start)"
      default: out += SQL(unescaped: "$" + digits)
      }
      rest = rest[digits.endIndex...]
    }
    return out + SQL(unescaped: String(rest)) + SQL(unescaped: ")::float8")
  }

  /// The one number of the one row.
  static func number(_ rows: Rows) -> CheckMeasurement {
    guard let value = try? rows.first?.decode(at: 0, as: Double?.self) else {
      return .missing("the query gives no row, or null")
    }
    return value.isFinite ? .number(value) : .missing("the query gives \(value)")
  }
}

extension String {
  /// Without the semicolon and the white space at its end.
  fileprivate var trimmed: String { String(reversed().drop { $0.isWhitespace || $0 == ";" }.reversed()) }
}
