/// A trial whose training takes no time.
public enum NoOpTrial {
  /// What it measures: any value without an order, since one that falls would make every trial the best, and an event
  /// each.
  public static func value(_ trial: Int) -> Double { Double(trial * 7919 % 10_007) }
}
