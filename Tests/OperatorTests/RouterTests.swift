import TestSupport
import Testing
import Transport

@testable import Operator
@testable import Planning

@Suite struct RouterTests {
  private static let users = (0..<300).map { "user-\($0)" }

  @Test(
    "The hash is XXH32",
    arguments: [("", 0x02CC_5D05), ("a", 0x550D_7456), ("Nobody inspects the spammish repetition", 0xE229_3B2F)])
  func hash(text: String, expected: UInt32) {
    #expect(XXHash32.hash(text) == expected)
  }

  @Test("A running router assigns every user as the documented hash and the slots say")
  func assignment() async throws {
    let slots = SlotTable(weights: [("control", 80), ("treatment", 20)])
    let router = try await RunningRouter(slots)
    var treated = 0
    for user in Self.users {
      let answer = try await router.request(user: user)
      let expected = slots.variants[RunningRouter.slot(user)]
      #expect(answer.assigned == expected)
      #expect(answer.body == expected)
      if expected == "treatment" { treated += 1 }
    }
    let seen = await router.client.read(pod: "p", address: router.address, token: RunningRouter.token)
    #expect(seen.version == slots.version)
    #expect(seen.traffic.mapValues(\.requests) == ["control": Int64(300 - treated), "treatment": Int64(treated)])
    #expect(seen.traffic["control"]?.answers == Int64(300 - treated))
    await router.stop()
  }

  @Test("New weights take effect in a running router without a reload, and move only users of the moved slots")
  func reweighting() async throws {
    let before = SlotTable(weights: [("control", 80), ("treatment", 20)])
    let after = SlotTable(weights: [("control", 50), ("treatment", 50)], previous: before)
    let router = try await RunningRouter(before)
    let pid = router.process.pid
    try await router.client.set(after, address: router.address, token: RunningRouter.token)
    let seen = await router.client.read(pod: "p", address: router.address, token: RunningRouter.token)
    #expect(seen.version == after.version)
    let moved = Set(before.moved(to: after))
    #expect(moved.count == 30)
    for user in Self.users {
      let slot = RunningRouter.slot(user)
      let answer = try await router.request(user: user)
      #expect(answer.body == after.variants[slot])
      if !moved.contains(slot) { #expect(answer.body == before.variants[slot]) }
    }
    #expect(router.process.isRunning)
    #expect(router.process.pid == pid)
    await router.stop()
  }

  @Test("A user without an id gets a cookie, and with it the same variant again")
  func cookie() async throws {
    let slots = SlotTable(weights: [("control", 50), ("treatment", 50)])
    let router = try await RunningRouter(slots)
    var variants: Set<String> = []
    for _ in 0..<40 {
      let first = try await router.request()
      let cookie = try #require(first.cookie)
      #expect(first.body == slots.variants[RunningRouter.slot(cookie)])
      let second = try await router.request(cookie: cookie)
      #expect(second.body == first.body)
      #expect(second.cookie == nil)
      variants.insert(first.body)
    }
    #expect(variants == ["control", "treatment"])
    await router.stop()
  }

  @Test("The control port refuses who does not know the token, and keeps the slots")
  func token() async throws {
    let slots = SlotTable(weights: [("control", 100), ("treatment", 0)])
    let router = try await RunningRouter(slots)
    let other = SlotTable(weights: [("control", 0), ("treatment", 100)])
    await #expect(throws: RouterRefusal(address: router.address, status: 401)) {
      try await router.client.set(other, address: router.address, token: "wrong")
    }
    let stranger = await router.client.read(pod: "p", address: router.address, token: "wrong")
    #expect(stranger.version == nil)
    let seen = await router.client.read(pod: "p", address: router.address, token: RunningRouter.token)
    #expect(seen.version == slots.version)
    await router.stop()
  }

  @Test("Users of a variant that does not answer get the control, and stay assigned")
  func failover() async throws {
    let slots = SlotTable(weights: [("control", 50), ("treatment", 50)])
    let router = try await RunningRouter(slots)
    let user = try #require(Self.users.first { slots.variants[RunningRouter.slot($0)] == "treatment" })
    router.variants["treatment"]?.process.stop()
    try await router.process.waitUntil("without the variant") {
      try await router.request(user: user).body == "control"
    }
    let answer = try await router.request(user: user)
    #expect(answer.assigned == "treatment")
    #expect(answer.variant == "control")
    await router.stop()
  }

  @Test("A request that a new revision does not answer is answered by the one before it, and is nobody's error")
  func unanswered() async throws {
    // nginx closes the connection without an answer at 444, as a process that dies does.
    let router = try await RunningRouter(
      SlotTable(weights: [("control", 50), ("treatment", 50)]), isRollout: true, treatment: "return 444;")
    for _ in 0..<60 { #expect(try await router.request().body == "control") }
    router.variants["treatment"]?.process.stop()
    for _ in 0..<60 { #expect(try await router.request().body == "control") }
    let seen = await router.client.read(pod: "p", address: router.address, token: RunningRouter.token)
    #expect((seen.traffic["treatment"]?.requests ?? 0) > 30)
    #expect(seen.traffic["treatment"]?.answers == 0)
    #expect(seen.traffic["control"]?.serverErrors == 0)
    await router.stop()
  }

  @Test("What a new revision answers is counted: its errors, and the sum of its times to the millisecond")
  func counted() async throws {
    let router = try await RunningRouter(
      SlotTable(weights: [("control", 0), ("treatment", 100)]), isRollout: true,
      treatment: "return 400 '\"no\"';")
    let start = ContinuousClock.now
    for _ in 0..<50 { #expect(try await router.request().body == "no") }
    let passed = ContinuousClock.now - start
    let seen = try #require(
      await router.client.read(pod: "p", address: router.address, token: RunningRouter.token).traffic["treatment"])
    #expect(seen.answers == 50 && seen.clientErrors == 50 && seen.serverErrors == 0)
    #expect(.milliseconds(seen.milliseconds) <= passed)
    await router.stop()
  }

  @Test("Copies of requests go to another revision, whole or not at all, and only users' own answers come back")
  func copies() async throws {
    let slots = SlotTable(weights: TrafficSplit(["control": 100], mirror: .init(revision: "treatment", share: 50)).slots)
    // What it answers says whether a copy came as it should: told to be one, whole, and without the router's token.
    let treatment = """
      client_max_body_size 1m; if ($http_x_martlet_shadow != 'treatment') { return 500; }
      if ($http_x_martlet_token != '') { return 501; } if ($http_x_user_id != 'ann') { return 502; }
      if ($request_uri != '/invocations?x=1') { return 503; } if ($content_length != '60000') { return 400; } return 200;
      """
    let router = try await RunningRouter(slots, isRollout: true, copies: true, treatment: treatment)
    for _ in 0..<80 {
      let answer = try await router.request(
        user: "ann", path: "/invocations?x=1", body: [UInt8](repeating: 65, count: 60_000))
      #expect(answer.body == "control" && answer.variant == "control")
    }
    func seen() async -> [String: TrafficCounts] {
      await router.client.read(pod: "p", address: router.address, token: RunningRouter.token).traffic
    }
    try await router.process.waitUntil("copied") { await (seen()["treatment"]?.answers ?? 0) > 15 }
    let traffic = await seen()
    #expect(traffic["control"]?.answers == 80)
    let copied = try #require(traffic["treatment"])
    #expect(copied.answers < 65 && copied.clientErrors == 0 && copied.serverErrors == 0, "\(copied)")
    // A body that is too large for the buffer is not copied in part.
    for _ in 0..<20 {
      let large = [UInt8](repeating: 65, count: 2 * RouterMirror.bufferBytes)
      #expect(try await router.request(user: "ann", path: "/invocations?x=1", body: large).body == "control")
    }
    let later = await seen()
    #expect(later["control"]?.answers == 100)
    #expect(later["treatment"]?.clientErrors == 0)
    // Nobody else can send requests that pass for copies.
    let stranger = HTTPRequest(
      url: "http://\(router.address):\(RouterMirror.port)/", headers: [RouterMirror.header: "treatment"])
    #expect(try await router.http.send(stranger).status == 401)
    await router.stop()
  }

  @Test("A revision that does not answer its copies holds nobody up, and none of them goes to another")
  func unansweredCopies() async throws {
    let slots = SlotTable(weights: TrafficSplit(["control": 100], mirror: .init(revision: "treatment", share: 100)).slots)
    let router = try await RunningRouter(slots, isRollout: true, copies: true, treatment: "return 444;")
    for _ in 0..<60 { #expect(try await router.request(body: [65]).body == "control") }
    router.variants["treatment"]?.process.stop()
    for _ in 0..<60 { #expect(try await router.request().body == "control") }
    try await router.process.waitUntil("copied") {
      let traffic = await router.client.read(pod: "p", address: router.address, token: RunningRouter.token).traffic
      return (traffic["treatment"]?.requests ?? 0) >= 60
    }
    let traffic = await router.client.read(pod: "p", address: router.address, token: RunningRouter.token).traffic
    #expect(traffic["control"]?.answers == 120 && traffic["treatment"]?.answers == 0)
    await router.stop()
  }

  @Test("A body without a length is let through only where no length is held to, and is not copied")
  func chunked() async throws {
    let slots = SlotTable(weights: TrafficSplit(["control": 100], mirror: .init(revision: "treatment", share: 100)).slots)
    let router = try await RunningRouter(
      slots, isRollout: true, copies: true, gate: .init(maxBodyBytes: 100), treatment: "return 200;")
    func send(_ headers: HTTPHeaders, _ bytes: Int) async throws -> Int {
      try await router.http.send(
        HTTPRequest(
          "POST", url: "http://127.0.0.1:\(router.port)/invocations", headers: headers,
          body: [UInt8](repeating: 65, count: bytes))
      ).status
    }
    #expect(try await send([:], 100) == 200)
    #expect(try await send([:], 101) == 413)
    #expect(try await send(["Transfer-Encoding": "chunked"], 10) == 411)
    await router.stop()
  }

  @Test("Counters of bits are summed by their values")
  func bits() {
    #expect(RouterMetrics.milliseconds("5 1 0 2 0 0 0 0 0 5\n") == 1 + 2 * 4 + 5 * 256)
    #expect(RouterMetrics.milliseconds("") == 0)
  }

  @Test("A router that is not there tells nothing, and soon")
  func absent() async {
    let client = RouterClient(client: HTTPClient(HTTPClientConfiguration(retry: .never)))
    let router = await client.read(pod: "p", address: "127.0.0.1", token: "t")
    #expect(router.version == nil)
    #expect(router.traffic.isEmpty)
    await client.client.shutdown()
  }

  @Test("Traffic is read from the router's metrics: the answers of a variant's own server, other proxies left out")
  func metrics() {
    let text = """
      # TYPE haproxy_backend_http_requests_total counter
      haproxy_backend_http_requests_total{proxy="variant_a"} 12
      haproxy_backend_http_requests_total{proxy="variant_b-2"} 0
      haproxy_backend_http_requests_total{proxy="stats"} 4
      haproxy_server_http_responses_total{proxy="variant_a",server="service",code="2xx"} 6
      haproxy_server_http_responses_total{proxy="variant_a",server="service",code="4xx"} 2
      haproxy_server_http_responses_total{proxy="variant_a",server="service",code="5xx"} 1
      haproxy_server_http_responses_total{proxy="variant_a",server="b-2",code="2xx"} 3
      """
    #expect(
      RouterMetrics.traffic(text) == [
        "a": TrafficCounts(requests: 12, answers: 9, clientErrors: 2, serverErrors: 1),
        "b-2": TrafficCounts(),
      ])
  }

  @Test("A window counts from its beginning, over routers that come and go")
  func window() {
    let window = TrafficWindow()
    func pod(_ name: String, _ answers: Int64) -> RouterPod {
      RouterPod(pod: name, address: name, version: "1", traffic: ["a": .init(requests: answers, answers: answers)])
    }
    func seen(_ start: String?, _ pods: RouterPod...) -> Int64? {
      window.counts(of: "uid", since: start, pods)["a"]?.answers
    }
    #expect(seen("step 1", pod("p", 100)) == 0)
    #expect(seen("step 1", pod("p", 130)) == 30)
    // Another router is started within the window, and one is started anew.
    #expect(seen("step 1", pod("p", 130), pod("q", 5)) == 35)
    #expect(seen("step 1", pod("p", 10), pod("q", 6)) == 16)
    #expect(seen("step 2", pod("p", 10), pod("q", 6)) == 0)
    #expect(seen(nil, pod("p", 10)) == nil)
  }
}
