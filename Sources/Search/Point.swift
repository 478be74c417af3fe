/// One combination of parameter values: a coordinate for each parameter of the space, in its order.
///
/// A coordinate is the number itself, or the index of a choice, or NaN where the parameter does not exist at this
/// point. Points are equal when the bits of their coordinates are, so absent parameters compare as equal.
public struct Point: Sendable, Hashable {
  public let coordinates: [Double]

  init(_ coordinates: [Double]) { self.coordinates = coordinates }

  public static func == (left: Point, right: Point) -> Bool {
    guard left.coordinates.count == right.coordinates.count else { return false }
    for index in left.coordinates.indices
    where left.coordinates[index].bitPattern != right.coordinates[index].bitPattern {
      return false
    }
    return true
  }

  public func hash(into hasher: inout Hasher) {
    for coordinate in coordinates { hasher.combine(coordinate.bitPattern) }
  }
}

extension SearchSpace {
  /// The values of a point as text, by parameter name; parameters that do not exist there are left out.
  public func texts(of point: Point) -> [String: String] {
    var out: [String: String] = [:]
    for (index, parameter) in parameters.enumerated() where index < point.coordinates.count {
      let coordinate = point.coordinates[index]
      if !coordinate.isNaN { out[parameter.name] = parameter.domain.text(of: coordinate) }
    }
    return out
  }

  /// The point that `texts(of:)` wrote. Nil where a value is missing, or is not one this space has: such as one
  /// recorded before the space was changed. Names that the space does not have are passed over.
  public func point(from texts: [String: String]) -> Point? {
    var coordinates = [Double](repeating: .nan, count: parameters.count)
    for index in order where isActive(index, at: coordinates) {
      guard let text = texts[parameters[index].name],
        let coordinate = parameters[index].domain.coordinate(of: text)
      else { return nil }
      coordinates[index] = coordinate
    }
    return Point(coordinates)
  }
}
