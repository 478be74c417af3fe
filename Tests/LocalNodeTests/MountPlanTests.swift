import Testing

@testable import LocalNode

@Suite struct MountPlanTests {
  private static let host: [String: [String: MountPlan.Entry]] = [
    "/": ["etc": .folder, "var": .folder, "run": .folder, "bin": .symlink("usr/bin"), "file": .file],
    "/etc": ["hosts": .file, "app": .folder], "/etc/app": ["old": .file], "/var": ["run": .symlink("/run")],
    "/run": ["lock": .folder],
  ]

  private func steps(_ mounts: [MountPlan.Mount]) -> [MountPlan.Step] {
    MountPlan(mounts: mounts) { Self.host[$0] }.steps
  }

  private func mount(_ target: String, readOnly: Bool = false, isFile: Bool = false) -> MountPlan.Mount {
    MountPlan.Mount(source: "/volume", target: target, readOnly: readOnly, isFile: isFile)
  }

  @Test("The new root has the host's top-level entries: folders and files bound, links as links")
  func root() {
    let steps = steps([])
    #expect(steps.first == .tmpfs("/"))
    #expect(steps.contains(.bind(source: "/etc", at: "/etc", readOnly: false)))
    #expect(steps.contains(.symlink(target: "usr/bin", at: "/bin")))
    #expect(steps.contains(.makeFile("/file")))
  }

  @Test("A folder that the host does not have is made in the new root only")
  func fresh() {
    let steps = steps([mount("/data/models/", readOnly: true)])
    #expect(
      steps.suffix(3) == [
        .makeFolder("/data"), .makeFolder("/data/models"), .bind(source: "/volume", at: "/data/models", readOnly: true),
      ])
    #expect(!steps.contains(.tmpfs("/data")))
  }

  @Test("In a folder of the host that lacks the mount point, what is there is bound back")
  func inside() {
    let steps = steps([mount("/etc/app/new", isFile: true)])
    #expect(steps.contains(.tmpfs("/etc/app")))
    #expect(steps.contains(.bind(source: "/etc/app/old", at: "/etc/app/old", readOnly: false)))
    #expect(steps.suffix(2) == [.makeFile("/etc/app/new"), .bind(source: "/volume", at: "/etc/app/new", readOnly: false)])
  }

  @Test("A mount point that is there is bound over, and one below another comes after it")
  func nested() {
    let steps = steps([mount("/data/sub"), mount("/data"), mount("/etc/app")])
    let binds = steps.compactMap { if case .bind("/volume", let path, _) = $0 { path } else { nil } }
    #expect(binds == ["/data", "/data/sub", "/etc/app"])
  }

  @Test("Links on the way are followed inside the new root, never out of it")
  func links() {
    let steps = steps([mount("/var/run/secrets/token")])
    #expect(steps.last == .bind(source: "/volume", at: "/run/secrets/token", readOnly: false))
    #expect(steps.contains(.tmpfs("/run")) && steps.contains(.makeFolder("/run/secrets")))
    #expect(self.steps([mount("/../../data")]).last == .bind(source: "/volume", at: "/data", readOnly: false))
  }
}

@Suite("Programs below a volume's mount point")
struct KeptProgramTests {
  private let tmp = MountPlan.Mount(source: "/volumes/tmp", target: "/tmp", readOnly: false, isFile: false)

  @Test("are kept where they are, with what stands beside their bin")
  func keeps() {
    let kept = MountPlan.Mount.keeping(["/tmp/a/venv/bin", "/usr/bin", "/tmp/tools"], under: [tmp])
    #expect(kept.map(\.target) == ["/tmp/a/venv", "/tmp/tools"])
    #expect(kept.allSatisfy { $0.source == $0.target && $0.readOnly })
  }

  @Test("a folder that only begins alike is not below")
  func prefix() {
    #expect(MountPlan.Mount.keeping(["/tmpfiles/bin"], under: [tmp]).isEmpty)
  }
}
