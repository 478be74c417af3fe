import JSON

/// How an object is deleted (`meta/v1` DeleteOptions).
public struct DeleteOptions: Sendable, Hashable {
  /// What becomes of the objects that the deleted one owns.
  public enum Propagation: String, Sendable, Hashable, CaseIterable {
    /// They are deleted afterwards.
    case background = "Background"
    /// They are deleted first; the object stays, being deleted, until they are gone.
    case foreground = "Foreground"
    /// They stay, without an owner.
    case orphan = "Orphan"
  }

  public var propagation: Propagation?
  /// Delete only this very object, not a later one of the same name; otherwise the server answers 409.
  public var uid: String?
  /// Delete only this state of the object; otherwise the server answers 409.
  public var resourceVersion: String?
  public var gracePeriodSeconds: Int?

  public init(
    propagation: Propagation? = .background, uid: String? = nil, resourceVersion: String? = nil,
    gracePeriodSeconds: Int? = nil
  ) {
    self.propagation = propagation
    self.uid = uid
    self.resourceVersion = resourceVersion
    self.gracePeriodSeconds = gracePeriodSeconds
  }

  public static let background = DeleteOptions(propagation: .background)
  public static let foreground = DeleteOptions(propagation: .foreground)
  public static let orphan = DeleteOptions(propagation: .orphan)

  var json: JSONValue {
    var preconditions: JSONValue?
    if uid != nil || resourceVersion != nil {
      preconditions = .compact([
        "uid": uid.map(JSONValue.string), "resourceVersion": resourceVersion.map(JSONValue.string),
      ])
    }
    return .compact([
      "apiVersion": "v1",
      "kind": "DeleteOptions",
      "propagationPolicy": propagation.map { .string($0.rawValue) },
      "preconditions": preconditions,
      "gracePeriodSeconds": gracePeriodSeconds.map { .integer(Int64($0)) },
    ])
  }
}
