public import JSON

/// How pods log in to MLflow.
public enum TrackingCredentials {
  /// The variables that MLflow's clients read, and the keys of a tracking secret that hold them.
  private static let variables: [(variable: String, key: String)] = [
    ("MLFLOW_TRACKING_USERNAME", "username"), ("MLFLOW_TRACKING_PASSWORD", "password"),
    ("MLFLOW_TRACKING_TOKEN", "token"),
  ]

  /// Environment variables of a container, each of which refers to a key of the Secret. Keys that it lacks set nothing.
  public static func environment(from secret: String) -> [JSONValue] {
    variables.map { variable, key in
      [
        "name": .string(variable),
        "valueFrom": ["secretKeyRef": ["name": .string(secret), "key": .string(key), "optional": true]],
      ]
    }
  }
}
