import FoundationEssentials
import MLflow
import Planning

extension RunRecord {
  /// A run as the database has it.
  ///
  /// - Parameters:
  ///   - curve: the metric that the extremes are of.
  ///   - settled: the same run as it was read before, for one whose content was not read again.
  init?(_ tagged: TaggedRun, curve: String?, settled: RunRecord?) {
    let run = tagged.run
    let status = Status(rawValue: run.status.rawValue) ?? .running
    if let content = tagged.content {
      var metrics = content.metrics.mapValues { Metric(last: $0) }
      if let curve, let extremes = content.extremes, var metric = metrics[curve] {
        metric.min = extremes.lowerBound
        metric.max = extremes.upperBound
        metrics[curve] = metric
      }
      self.init(
        id: run.id, status: status, startTime: run.startTime ?? Date(timeIntervalSince1970: 0), endTime: run.endTime,
        metrics: metrics, parameters: content.parameters, tags: content.tags, isDeleted: run.isDeleted)
    } else if let settled {
      self = settled
      self.status = status
      endTime = run.endTime
      isDeleted = run.isDeleted
    } else {
      return nil
    }
  }
}
