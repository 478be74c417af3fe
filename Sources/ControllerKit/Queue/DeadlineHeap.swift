/// Keys ordered by deadline, each at most once: a binary heap with the position of every key.
struct DeadlineHeap<Key: Hashable & Sendable>: Sendable {
  struct Entry: Sendable, Hashable {
    let key: Key
    var deadline: Duration
    /// Ties are kept in the order of insertion.
    let order: UInt64

    func precedes(_ other: Entry) -> Bool { (deadline, order) < (other.deadline, other.order) }
  }

  private var entries: [Entry] = []
  private var positions: [Key: Int] = [:]
  private var inserted: UInt64 = 0

  var count: Int { entries.count }
  var first: Entry? { entries.first }

  /// Adds a key, or moves it forward; a later deadline than the key already has changes nothing.
  mutating func insert(_ key: Key, deadline: Duration) {
    if let position = positions[key] {
      guard deadline < entries[position].deadline else { return }
      entries[position].deadline = deadline
      siftUp(position)
    } else {
      inserted += 1
      entries.append(Entry(key: key, deadline: deadline, order: inserted))
      positions[key] = entries.count - 1
      siftUp(entries.count - 1)
    }
  }

  mutating func remove(_ key: Key) {
    guard let position = positions.removeValue(forKey: key) else { return }
    let last = entries.removeLast()
    guard position < entries.count else { return }
    entries[position] = last
    positions[last.key] = position
    siftUp(position)
    siftDown(positions[last.key] ?? position)
  }

  /// Takes the first key out if its deadline is `now` or earlier.
  mutating func popDue(at now: Duration) -> Key? {
    guard let first = entries.first, first.deadline <= now else { return nil }
    remove(first.key)
    return first.key
  }

  private mutating func swap(_ left: Int, _ right: Int) {
    entries.swapAt(left, right)
    positions[entries[left].key] = left
    positions[entries[right].key] = right
  }

  private mutating func siftUp(_ start: Int) {
    var child = start
    while child > 0 {
      let parent = (child - 1) / 2
      guard entries[child].precedes(entries[parent]) else { return }
      swap(child, parent)
      child = parent
    }
  }

  private mutating func siftDown(_ start: Int) {
    var parent = start
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2]
      where child < entries.count && entries[child].precedes(entries[least]) {
        least = child
      }
      if least == parent { return }
      swap(parent, least)
      parent = least
    }
  }
}
