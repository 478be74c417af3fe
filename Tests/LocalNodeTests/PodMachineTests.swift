import CRDTypes
import FoundationEssentials
import JSON
import Testing

@testable import LocalNode

@Suite struct PodMachineTests {
  static let start = Date(timeIntervalSince1970: 1_800_000_000)

  static func spec(_ policy: String, inits: [JSONValue] = [], mains: [JSONValue] = [["name": "main"]]) -> JSONValue {
    ["restartPolicy": .string(policy), "initContainers": .array(inits), "containers": .array(mains)]
  }

  static let sidecar: JSONValue = ["name": "side", "restartPolicy": "Always"]

  /// A machine whose containers do what they are told, at once.
  struct Run {
    var machine: PodMachine
    let spec: JSONValue
    var now = PodMachineTests.start
    var starts: [String] = []
    var stops: [String] = []
    var over = false
    var wake: Date?

    init(_ spec: JSONValue, resuming status: JSONValue = .null) {
      self.spec = spec
      machine = PodMachine(podSpec: spec, resuming: status, at: PodMachineTests.start)
    }

    mutating func step(after seconds: TimeInterval = 0) {
      now += seconds
      let decision = machine.decide(at: now)
      (over, wake) = (decision.isOver, decision.wake)
      stops += decision.stop
      for name in decision.start {
        starts.append(name)
        machine.started(name, process: Int32(starts.count), at: now)
      }
    }

    mutating func end(_ name: String, _ code: Int32, after seconds: TimeInterval = 0) {
      now += seconds
      machine.ended(name, exitCode: code, message: "", at: now)
      step()
    }

    func status(_ reason: String? = nil) -> PodStatus {
      PodStatus(
        machine: machine, podSpec: spec, podUID: "u", podIP: "127.64.0.1", hostIP: "127.0.0.1",
        startTime: PodMachineTests.start, reason: reason, message: nil)
    }

    var phase: String { status().phase }
    func json() -> JSONValue { status().json(previous: .null, at: now) }
  }

  @Test(
    "A container that ended is run again as the restart policy says, and else ends the pod",
    arguments: [
      ("Always", 0, true, "Running"), ("Always", 1, true, "Running"), ("OnFailure", 0, false, "Succeeded"),
      ("OnFailure", 1, true, "Running"), ("Never", 0, false, "Succeeded"), ("Never", 1, false, "Failed"),
    ] as [(String, Int32, Bool, String)])
  func policies(policy: String, code: Int32, again: Bool, phase: String) {
    var run = Run(Self.spec(policy))
    run.step()
    #expect(run.phase == "Running")
    run.end("main", code)
    #expect(run.starts == (again ? ["main", "main"] : ["main"]))
    #expect(run.over == !again)
    #expect(run.phase == phase)
  }

  @Test("The first restart is at once, the next after 10 s, doubled up to 5 minutes, and a long run forgets it")
  func backoff() {
    var run = Run(Self.spec("Always"))
    run.step()
    var delays: [TimeInterval] = []
    for _ in 0..<8 {
      let before = run.starts.count
      run.end("main", 1, after: 1)
      if run.starts.count > before {
        delays.append(0)
      } else {
        let due = run.wake ?? run.now
        delays.append(due.timeIntervalSince(run.now))
        run.step(after: due.timeIntervalSince(run.now) - 1)
        #expect(run.starts.count == before)
        run.step(after: 1)
      }
      #expect(run.starts.count == before + 1)
    }
    #expect(delays == [0, 10, 20, 40, 80, 160, 300, 300])
    run.end("main", 1, after: 601)
    #expect(run.starts.count == 10)
  }

  @Test("In back-off a container waits with CrashLoopBackOff, its last end and the restarts there were")
  func crashLoop() {
    var run = Run(Self.spec("Always"))
    run.step()
    run.end("main", 1)
    run.end("main", 3)
    let status = run.json()["containerStatuses"]?[0]
    #expect(status?[path: "state", "waiting", "reason"] == "CrashLoopBackOff")
    #expect(status?[path: "state", "waiting", "message"] == "back-off 10s restarting failed container=main")
    #expect(status?[path: "lastState", "terminated", "exitCode"] == 3)
    #expect(status?["restartCount"] == 1)
    #expect(run.machine.states["main"]?.nextRun == 2)
    #expect(run.machine.states["main"]?.previousRun == 1)
    #expect(run.phase == "Running")
    run.step(after: 10)
    #expect(run.json()["containerStatuses"]?[0]?["restartCount"] == 2)
  }

  @Test("Init containers run one after another, and a failure is tried again or ends the pod")
  func inits() {
    var run = Run(Self.spec("Never", inits: [["name": "a"], ["name": "b"]]))
    run.step()
    #expect(run.starts == ["a"] && run.phase == "Pending")
    run.end("a", 0)
    #expect(run.starts == ["a", "b"])
    run.end("b", 1)
    #expect(run.over && run.phase == "Failed" && run.starts.count == 2)
    run = Run(Self.spec("Always", inits: [["name": "a"]]))
    run.step()
    run.end("a", 1)
    run.end("a", 0)
    #expect(run.starts == ["a", "a", "main"])
    run.end("main", 0)
    #expect(run.starts.last == "main" && run.starts.filter { $0 == "a" }.count == 2)
  }

  @Test("A sidecar has to have started before others do, is restarted whatever the policy, and ends with the pod")
  func sidecars() {
    var side = Self.sidecar
    side["startupProbe"] = ["tcpSocket": ["port": 1]]
    var run = Run(Self.spec("Never", inits: [side]))
    run.step()
    #expect(run.starts == ["side"])
    run.machine.startupPassed("side")
    run.step()
    #expect(run.starts == ["side", "main"])
    run.end("side", 1)
    #expect(run.starts == ["side", "main", "side"])
    run.end("side", 1)
    run.end("main", 0)
    #expect(run.over && run.phase == "Succeeded")
  }

  @Test("A sidecar that crashes holds up neither the restart of a main container nor the end of the pod")
  func crashingSidecar() {
    var run = Run(Self.spec("OnFailure", inits: [Self.sidecar]))
    run.step()
    run.step()
    run.end("side", 1)
    run.end("side", 1)
    run.end("main", 1)
    #expect(run.starts.filter { $0 == "main" }.count == 2)
  }

  @Test("A pod is not over while a sidecar of it still runs")
  func lastSidecar() {
    var run = Run(Self.spec("Never", inits: [Self.sidecar]))
    run.step()
    run.step()
    run.end("main", 0)
    #expect(!run.over && run.stops == ["side"] && run.phase == "Running")
    run.end("side", 143)
    #expect(run.over && run.phase == "Succeeded")
  }

  @Test("A pod that is told to end starts nothing more, and has ended when its last process has")
  func termination() {
    var run = Run(Self.spec("Always", mains: [["name": "a"], ["name": "b"]]))
    run.step()
    run.machine.terminate()
    run.end("a", 0)
    #expect(!run.over && run.phase == "Running")
    run.end("b", 143)
    #expect(run.over && run.phase == "Failed" && run.starts.count == 2)
  }

  @Test("A pod that is told to end before anything ran has failed")
  func terminatedEarly() {
    var run = Run(Self.spec("Never"))
    run.machine.terminate()
    run.step()
    #expect(run.over && run.starts.isEmpty && run.phase == "Failed")
  }

  @Test("A pod that is told to end in back-off shows how its container last ended")
  func terminatedInBackoff() {
    var run = Run(Self.spec("Always"))
    run.step()
    run.end("main", 1)
    run.end("main", 7)
    run.machine.terminate()
    run.step()
    #expect(run.over && run.machine.states["main"]?.termination?.exitCode == 7)
  }

  @Test("A deadline fails the pod once its processes are gone, not before")
  func deadline() {
    var run = Run(Self.spec("Never"))
    run.step()
    run.machine.terminate()
    #expect(run.status("DeadlineExceeded").phase == "Running")
    run.end("main", 0)
    #expect(run.status("DeadlineExceeded").phase == "Failed")
    #expect(run.status("DeadlineExceeded").json(previous: .null, at: run.now)["reason"] == "DeadlineExceeded")
  }

  @Test("A container that could not be started is tried again, and the pod is pending though another runs")
  func cannotStart() {
    var run = Run(Self.spec("Always", mains: [["name": "a"], ["name": "b"]]))
    #expect(run.machine.decide(at: run.now).start == ["a", "b"])
    run.machine.started("a", process: 1, at: run.now)
    run.machine.couldNotStart("b", reason: "ErrImagePull", message: "no", at: run.now)
    #expect(run.phase == "Pending")
    run.step(after: 9)
    #expect(run.starts.isEmpty)
    run.step(after: 1)
    #expect(run.starts == ["b"] && run.phase == "Running")
    #expect(run.machine.states["b"]?.restarts == 0)
  }

  @Test("Ready means every container and sidecar is, and a condition's time changes with its status only")
  func conditions() {
    var run = Run(Self.spec("Always", inits: [Self.sidecar], mains: [["name": "main", "readinessProbe": [:]]]))
    run.step()
    run.step()
    func condition(_ type: String, _ json: JSONValue) -> JSONValue? {
      json["conditions"]?.array?.first { $0["type"]?.string == type }
    }
    let before = run.json()
    #expect(condition("Ready", before)?["message"] == "containers with unready status: [main]")
    #expect(condition("Initialized", before)?["status"] == "True")
    run.machine.readiness("main", true)
    let after = run.status().json(previous: before, at: run.now + 60)
    #expect(condition("Ready", after)?["status"] == "True")
    #expect(condition("Ready", after)?["lastTransitionTime"]?.string == Timestamp.text(run.now + 60))
    #expect(condition("Initialized", after) == condition("Initialized", before))
    run.machine.ended("main", exitCode: 0, message: "", at: run.now)
    #expect(condition("Ready", run.json())?["status"] == "False")
  }

  @Test(
    "After a restart of the node what ran is lost, and is run again only where the policy restarts it",
    arguments: [("Never", "Failed", 0), ("OnFailure", "Running", 1), ("Always", "Running", 1)])
  func resumes(policy: String, phase: String, restarts: Int) {
    var before = Run(Self.spec(policy))
    before.step()
    var run = Run(before.spec, resuming: before.json())
    run.step()
    #expect(run.phase == phase)
    #expect(run.starts.count == restarts && run.over == (restarts == 0))
    let state = run.machine.states["main"]
    let lost = restarts == 0 ? state?.termination : state?.previous
    #expect(lost?.exitCode == 137 && lost?.reason == "ContainerStatusUnknown")
    #expect(state?.restarts == restarts)
  }

  @Test("After a restart of the node init containers that are done stay done, and ends stay what they were")
  func resumesEnds() {
    var before = Run(Self.spec("Never", inits: [["name": "a"]], mains: [["name": "main"], ["name": "other"]]))
    before.step()
    before.end("a", 0)
    before.end("main", 5)
    var run = Run(before.spec, resuming: before.json())
    run.step()
    #expect(run.starts.isEmpty && run.over && run.phase == "Failed")
    #expect(run.machine.states["main"]?.termination == before.machine.states["main"]?.termination)
    #expect(run.machine.states["a"]?.termination?.exitCode == 0)
  }

  @Test("After a restart of the node a pod of which nothing had started starts as if new")
  func resumesFresh() {
    let before = Run(Self.spec("Never"))
    var run = Run(before.spec, resuming: before.json())
    run.step()
    #expect(run.starts == ["main"])
    var backoff = Run(Self.spec("Always"))
    backoff.step()
    backoff.end("main", 1)
    backoff.end("main", 1)
    run = Run(backoff.spec, resuming: backoff.json())
    run.step()
    #expect(run.starts == ["main"] && run.machine.states["main"]?.restarts == 2)
  }

  @Test("However often the node restarts, a pod that must run once never starts a container twice", arguments: 0..<50)
  func onceOnly(seed: UInt64) {
    var state = seed &* 0x9E37_79B9 &+ 1
    func roll(_ sides: UInt64) -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (state >> 33) % sides
    }
    let spec = Self.spec("Never", inits: [["name": "i"]], mains: [["name": "a"], ["name": "b"]])
    var run = Run(spec)
    var started: [String] = []
    for _ in 0..<40 {
      run.step()
      started += run.starts
      run.starts = []
      switch roll(3) {
      case 0: run = Run(spec, resuming: run.json())
      case 1:
        let running = run.machine.states.filter { $0.value.process != nil }.keys.sorted()
        if let name = running.first { run.end(name, Int32(roll(2))) }
      default: break
      }
    }
    #expect(Set(started).count == started.count)
  }
}
