/// The members of a JSON object: names and values, sorted by name, each name once.
///
/// The objects of an API are many and small. Kept in one array that is just long enough, a member takes 40 bytes, half
/// of what a hash table takes, and objects are compared and written without hashing or sorting. Reading a member is a
/// binary search; setting one of an object with n members moves up to n of them.
public struct JSONObject: Sendable, Hashable {
  public typealias Element = (key: String, value: JSONValue)

  struct Member: Sendable, Hashable {
    let key: String
    var value: JSONValue
  }

  private(set) var members: ContiguousArray<Member>

  public init() { members = [] }

  /// Of members with the same name the last wins.
  public init(_ elements: [(String, JSONValue)]) {
    self.init(unsorted: elements.map { Member(key: $0.0, value: $0.1) })
  }

  /// Of members with the same name the last wins.
  @inlinable
  public init(_ elements: some Sequence<(String, JSONValue)>) { self.init(Array(elements)) }

  public init(_ dictionary: [String: JSONValue]) {
    self.init(unsorted: dictionary.map { Member(key: $0.key, value: $0.value) })
  }

  /// - Parameter members: in any order; of those with the same name the last wins.
  init(unsorted members: some Collection<Member>) {
    self.members = ContiguousArray(members)
    if isSorted { return }
    if members.count > Self.fewMembers { sortMany() } else { sortFew() }
  }

  /// So few are sorted fastest by inserting one after the other.
  private static let fewMembers = 32

  private var isSorted: Bool {
    members.indices.dropFirst().allSatisfy { members[$0 - 1].key < members[$0].key }
  }

  private mutating func sortFew() {
    var index = 1
    while index < members.count {
      if members[index - 1].key < members[index].key {
        index += 1
        continue
      }
      let member = members.remove(at: index)
      let place = place(of: member.key, before: index)
      if place.isThere {
        members[place.index] = member
      } else {
        members.insert(member, at: place.index)
        index += 1
      }
    }
  }

  private mutating func sortMany() {
    let sorted = members.enumerated().sorted { ($0.element.key, $0.offset) < ($1.element.key, $1.offset) }.map(\.element)
    members.removeAll(keepingCapacity: true)
    for (index, member) in sorted.enumerated() where index + 1 == sorted.count || sorted[index + 1].key != member.key {
      members.append(member)
    }
  }

  private func place(of key: String) -> (index: Int, isThere: Bool) { place(of: key, before: members.count) }

  /// The place of a name among the first members: where it is, or where it would have to be.
  private func place(of key: String, before end: Int) -> (index: Int, isThere: Bool) {
    var low = 0
    var high = end
    while low < high {
      let middle = (low + high) / 2
      if members[middle].key == key { return (middle, true) }
      if members[middle].key < key { low = middle + 1 } else { high = middle }
    }
    return (low, false)
  }

  /// The value of a member; setting nil removes it.
  public subscript(key: String) -> JSONValue? {
    get {
      let place = place(of: key)
      return place.isThere ? members[place.index].value : nil
    }
    _modify {
      let place = place(of: key)
      var value: JSONValue?
      if place.isThere {
        // Taken out while it is changed, so that it need not be copied.
        value = members[place.index].value
        members[place.index].value = .null
      }
      defer {
        switch (place.isThere, value) {
        case (true, let value?): members[place.index].value = value
        case (true, nil): members.remove(at: place.index)
        case (false, let value?): members.insert(Member(key: key, value: value), at: place.index)
        case (false, nil): break
        }
      }
      yield &value
    }
  }

  public var keys: [String] { members.map(\.key) }
  public var values: [JSONValue] { members.map(\.value) }

  /// Removes a member and returns its value, if it was there.
  @discardableResult
  public mutating func removeValue(forKey key: String) -> JSONValue? {
    let place = place(of: key)
    return place.isThere ? members.remove(at: place.index).value : nil
  }

  public func filter(_ isIncluded: (Element) throws -> Bool) rethrows -> JSONObject {
    var out = JSONObject()
    // Through a slice, so that the array is just as long.
    out.members = ContiguousArray(try members.filter { try isIncluded(($0.key, $0.value)) }[...])
    return out
  }

  public func mapValues(_ transform: (JSONValue) throws -> JSONValue) rethrows -> JSONObject {
    var out = JSONObject()
    out.members = try ContiguousArray(members.map { Member(key: $0.key, value: try transform($0.value)) })
    return out
  }

  /// Takes in the members of another object.
  ///
  /// - Parameter combine: chooses between the value that is there and the other one.
  public mutating func merge(_ other: JSONObject, uniquingKeysWith combine: (JSONValue, JSONValue) -> JSONValue) {
    for member in other.members {
      self[member.key] = self[member.key].map { combine($0, member.value) } ?? member.value
    }
  }

  public func merging(_ other: JSONObject, uniquingKeysWith combine: (JSONValue, JSONValue) -> JSONValue) -> JSONObject {
    var out = self
    out.merge(other, uniquingKeysWith: combine)
    return out
  }
}

extension JSONObject: RandomAccessCollection {
  public var startIndex: Int { 0 }
  public var endIndex: Int { members.count }
  public subscript(position: Int) -> Element { (members[position].key, members[position].value) }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
  public init(dictionaryLiteral elements: (String, JSONValue)...) { self.init(elements) }
}
