/// Programs that end with this one, even where it is killed: `setpriv` (util-linux) asks the kernel for that.
enum OwnedProgram {
  static let launcher = "/usr/bin/setpriv"

  static func arguments(_ program: String, _ arguments: [String]) -> [String] {
    ["--pdeathsig", "TERM", program] + arguments
  }
}
