public import FoundationEssentials

/// Everything that a feature set's decision is made from.
public struct FeatureSetObservation: Sendable {
  /// What is wrong with a database.
  public struct Trouble: Sendable, Hashable {
    /// A CamelCase word for programs.
    public var reason: String
    public var message: String
    /// Whether the same may do later without anything being changed.
    public var isTransient: Bool

    public init(reason: String, message: String, isTransient: Bool) {
      self.reason = reason
      self.message = message
      self.isTransient = isTransient
    }
  }

  /// Whether the definition fits the source's table.
  public enum Source: Sendable, Hashable {
    /// The problems, all of them; none where it fits.
    case checked(problems: [String])
    case unavailable(Trouble)
  }

  /// What the online table holds after a materialisation.
  public struct Profile: Sendable, Hashable {
    public struct Feature: Sendable, Hashable {
      /// The share of rows without a value, from 0 to 1.
      public var nullFraction: Double
      public var min: Double?
      public var max: Double?

      public init(nullFraction: Double, min: Double? = nil, max: Double? = nil) {
        self.nullFraction = nullFraction
        self.min = min
        self.max = max
      }
    }

    public var rows: Int64
    public var newestEvent: Date?
    public var features: [String: Feature]

    public init(rows: Int64, newestEvent: Date?, features: [String: Feature] = [:]) {
      self.rows = rows
      self.newestEvent = newestEvent
      self.features = features
    }
  }

  /// A materialisation that status does not tell of yet.
  public struct Attempt: Sendable, Hashable {
    public enum Outcome: Sendable, Hashable {
      /// `through`: the source's time when it was read. `written`: entities whose row was made or replaced.
      case succeeded(through: Date, written: Int64, Profile)
      case failed(Trouble)
    }

    public var ended: Date
    /// Of the definition that it was made for.
    public var version: String
    public var outcome: Outcome

    public init(ended: Date, version: String, outcome: Outcome) {
      self.ended = ended
      self.version = version
      self.outcome = outcome
    }
  }

  public var source: Source
  /// A digest of the definition, and the online table that goes with it.
  public var version: String
  public var table: String
  public var attempt: Attempt?

  public init(source: Source, version: String, table: String, attempt: Attempt? = nil) {
    self.source = source
    self.version = version
    self.table = table
    self.attempt = attempt
  }
}

/// A change that a feature set asks for.
public enum FeatureSetRecord: Sendable, Hashable {
  /// Brings what the source has had since `after` into the online table, which is made if it is missing; nil brings
  /// everything. Doing it twice is doing it once.
  case materialize(after: Date?, version: String)
}
