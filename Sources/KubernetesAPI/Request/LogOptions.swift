/// Which lines of a container's log are read.
public struct LogOptions: Sendable, Hashable {
  /// The container; needed where the pod has more than one.
  public var container: String?
  /// Keep the stream open and send lines as they are written.
  public var follow = false
  /// The log of the container's previous run.
  public var previous = false
  /// Begin each line with its RFC 3339 time.
  public var timestamps = false
  /// Only the last lines.
  public var tailLines: Int?
  /// Only lines of the last seconds.
  public var sinceSeconds: Int?
  /// At most this many bytes.
  public var limitBytes: Int?

  public init(
    container: String? = nil, follow: Bool = false, previous: Bool = false, timestamps: Bool = false,
    tailLines: Int? = nil, sinceSeconds: Int? = nil, limitBytes: Int? = nil
  ) {
    self.container = container
    self.follow = follow
    self.previous = previous
    self.timestamps = timestamps
    self.tailLines = tailLines
    self.sinceSeconds = sinceSeconds
    self.limitBytes = limitBytes
  }

  var query: Query {
    var query = Query()
    query.add("container", ifPresent: container)
    if follow { query.add("follow", "true") }
    if previous { query.add("previous", "true") }
    if timestamps { query.add("timestamps", "true") }
    query.add("tailLines", ifPresent: tailLines.map(String.init))
    query.add("sinceSeconds", ifPresent: sinceSeconds.map(String.init))
    query.add("limitBytes", ifPresent: limitBytes.map(String.init))
    return query
  }
}
