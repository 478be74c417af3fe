import CRDTypes
import Testing

@testable import ControllerKit

@Suite("The journal of a cache's changes") struct ChangeJournalTests {
  private func key(_ number: Int) -> ObjectKey { ObjectKey(namespace: "a", name: "\(number)") }

  @Test("Who asks with a revision is told what came after it, in order")
  func since() {
    var journal = ChangeJournal(capacity: 4)
    let begin = journal.changes(since: nil)
    #expect(begin.entries == nil)
    for number in 0..<3 { journal.note(key(number), []) }
    let first = journal.changes(since: begin.revision)
    #expect(first.entries?.map(\.key) == [key(0), key(1), key(2)])
    #expect(journal.changes(since: first.revision).entries == [])
    journal.note(key(1), [])
    #expect(journal.changes(since: first.revision).entries?.map(\.key) == [key(1)])
  }

  @Test("Who asks too late is told that anything may have changed")
  func tooLate() {
    var journal = ChangeJournal(capacity: 4)
    let begin = journal.changes(since: nil).revision
    for number in 0..<8 { journal.note(key(number), []) }
    #expect(journal.changes(since: begin).entries?.count == 8)
    journal.note(key(8), [])
    let late = journal.changes(since: begin)
    #expect(late.entries == nil)
    #expect(journal.changes(since: late.revision - 2).entries?.map(\.key) == [key(7), key(8)])
    #expect(journal.changes(since: late.revision + 1).entries == nil)
  }
}
