/// The API group of this project's kinds.
public enum APIGroup {
  public static let name = "martlet.dev"
  public static let version = "v1alpha1"
}
