/// An error for the person at the terminal: one sentence, and what to do.
struct Complaint: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
