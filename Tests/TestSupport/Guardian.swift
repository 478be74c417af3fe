import CLinux
import Glibc

/// A shell that outlives the tests and ends their children's process groups, where the tests themselves were killed
/// and could not.
///
/// It reads what is to be ended from a pipe, and the pipe's end tells it that the tests are gone. (A parent-death
/// signal would not do: it follows the thread that started the child, and threads of a pool end early.)
struct Guardian: Sendable {
  static let shared = Guardian()

  private let pipe: Int32

  private static let script = """
    trap '' HUP INT TERM
    groups=
    while read -r change group; do
      kept=
      for known in $groups; do [ "$known" = "$group" ] || kept="$kept $known"; done
      [ "$change" = add ] && kept="$kept $group"
      groups=$kept
    done
    [ -n "$groups" ] || exit 0
    for group in $groups; do kill -TERM -- "-$group"; done
    sleep 2
    for group in $groups; do kill -KILL -- "-$group"; done
    """

  private init() {
    var ends: [Int32] = [-1, -1]
    guard Glibc.pipe(&ends) == 0 else {
      pipe = -1
      return
    }
    // Children that inherited the end for writing would keep the pipe open.
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, ends[0], 0)
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    _ = martlet_spawn_close_from(&actions, 3)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
    let command: [String] = ["sh", "-c", Self.script]
    var argv = command.map { strdup($0) } + [nil]
    defer { argv.forEach { free($0) } }
    var child: pid_t = 0
    let status = posix_spawnp(&child, "sh", &actions, &attributes, &argv, environ)
    close(ends[0])
    pipe = status == 0 ? ends[1] : -1
  }

  /// The group is to be ended with the tests.
  func watch(_ group: pid_t) { tell("add \(group)\n") }

  /// The group has ended.
  func forget(_ group: pid_t) { tell("remove \(group)\n") }

  private func tell(_ line: String) {
    let bytes = Array(line.utf8)
    _ = write(pipe, bytes, bytes.count)
  }
}
