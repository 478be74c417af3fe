import FoundationEssentials
import MLflow
import Planning

extension RunRecord {
  /// A run as the database has it.
  ///
  /// - Parameter settled: the same run as it was read before, for one whose content was not read again.
  init?(_ tagged: TaggedRun, settled: RunRecord?) {
    let run = tagged.run
    let status = Status(rawValue: run.status.rawValue) ?? .running
    if let content = tagged.content {
      var metrics = content.metrics.mapValues { Metric(last: $0) }
      for (name, extremes) in content.extremes {
        metrics[name]?.min = extremes.lowerBound
        metrics[name]?.max = extremes.upperBound
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
