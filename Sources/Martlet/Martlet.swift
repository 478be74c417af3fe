import ArgumentParser
import Operator

/// The program.
@main
struct Martlet {
  static func main() async { await MartletCommand.main() }
}
