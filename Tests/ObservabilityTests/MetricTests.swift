import Testing

@testable import Observability

@Suite struct MetricTests {
  @Test("The exposition is sorted, escaped and in the text format 0.0.4")
  func golden() {
    let registry = MetricRegistry()
    let requests = registry.counter("requests_total", help: "Requests,\nby \\ path", labels: ["path", "code"])
    requests.start("/b", "200")
    requests.increment("/a\"\\\n", "500", by: 2)
    registry.gauge("depth", help: "Depth").set(to: 1.5)
    let time = registry.histogram("time_seconds", help: "Time", labels: ["of"], buckets: [0.5, 0.1, .infinity])
    time.observe("x", value: 0.1)
    time.observe("x", value: 0.25)
    time.observe("x", value: 7)
    time.observe("x", value: .nan)
    #expect(
      registry.exposition() == """
        # HELP depth Depth
        # TYPE depth gauge
        depth 1.5
        # HELP requests_total Requests,\\nby \\\\ path
        # TYPE requests_total counter
        requests_total{path="/a\\"\\\\\\n",code="500"} 2
        requests_total{path="/b",code="200"} 0
        # HELP time_seconds Time
        # TYPE time_seconds histogram
        time_seconds_bucket{of="x",le="0.1"} 1
        time_seconds_bucket{of="x",le="0.5"} 2
        time_seconds_bucket{of="x",le="+Inf"} 3
        time_seconds_sum{of="x"} 7.35
        time_seconds_count{of="x"} 3

        """)
  }

  @Test("Values are written as Go reads them", arguments: [
    (0.0, "0"), (-3, "-3"), (1e-8, "1e-08"), (2.5, "2.5"), (.infinity, "+Inf"), (-.infinity, "-Inf"), (.nan, "NaN"),
    (1e300, "1e+300"), (1_700_000_000, "1700000000"),
  ] as [(Double, String)])
  func values(value: Double, text: String) {
    #expect(TextExposition.text(value) == text)
  }

  @Test("Asking for a family twice gives the same family")
  func shared() {
    let registry = MetricRegistry()
    registry.counter("a_total", help: "A", labels: ["l"]).increment("x")
    registry.counter("a_total", help: "A", labels: ["l"]).increment("x")
    #expect(registry.counter("a_total", help: "A", labels: ["l"]).value("x") == 2)
  }

  @Test("A counter refuses to go down")
  func monotone() {
    let counter = MetricRegistry().counter("c_total", help: "C")
    counter.increment(by: 5)
    counter.increment(by: -1)
    counter.increment(by: .nan)
    counter.raise(to: 3)
    #expect(counter.value() == 5)
    counter.raise(to: 8)
    #expect(counter.value() == 8)
  }

  @Test("Series of things that are gone disappear when a gauge is replaced")
  func replaced() {
    let registry = MetricRegistry()
    let gauge = registry.gauge("conditions", help: "C", labels: ["kind"])
    gauge.set("old", to: 1)
    gauge.replaceAll([["new"]: 2])
    #expect(registry.exposition().contains("conditions{kind=\"new\"} 2"))
    #expect(!registry.exposition().contains("old"))
  }

  @Test("A controller's series exist at 0 before its first reconcile, under controller-runtime's names")
  func initialised() {
    let registry = MetricRegistry()
    let metrics = ControllerMetrics(registry, controller: "sweep", workers: 4)
    _ = WorkQueueMetrics(registry, name: "sweep", controller: "sweep")
    ElectionMetrics(registry, name: "martlet").leads(true)
    ClientMetrics(registry).answered(status: nil, method: "GET", host: "api", seconds: 0.1)
    let text = registry.exposition()
    for line in [
      "controller_runtime_reconcile_total{controller=\"sweep\",result=\"success\"} 0",
      "controller_runtime_reconcile_total{controller=\"sweep\",result=\"requeue_after\"} 0",
      "controller_runtime_reconcile_errors_total{controller=\"sweep\"} 0",
      "controller_runtime_terminal_reconcile_errors_total{controller=\"sweep\"} 0",
      "controller_runtime_reconcile_time_seconds_count{controller=\"sweep\"} 0",
      "controller_runtime_max_concurrent_reconciles{controller=\"sweep\"} 4",
      "controller_runtime_active_workers{controller=\"sweep\"} 0",
      "workqueue_depth{name=\"sweep\",controller=\"sweep\"} 0",
      "workqueue_adds_total{name=\"sweep\",controller=\"sweep\"} 0",
      "workqueue_retries_total{name=\"sweep\",controller=\"sweep\"} 0",
      "workqueue_unfinished_work_seconds{name=\"sweep\",controller=\"sweep\"} 0",
      "workqueue_longest_running_processor_seconds{name=\"sweep\",controller=\"sweep\"} 0",
      "workqueue_queue_duration_seconds_bucket{name=\"sweep\",controller=\"sweep\",le=\"1e-08\"} 0",
      "workqueue_work_duration_seconds_count{name=\"sweep\",controller=\"sweep\"} 0",
      "leader_election_master_status{name=\"martlet\"} 1",
      "rest_client_requests_total{code=\"<error>\",method=\"GET\",host=\"api\"} 1",
      "rest_client_request_duration_seconds_count{verb=\"GET\",host=\"api\"} 1",
    ] {
      #expect(text.contains(line + "\n"), "missing: \(line)")
    }
    metrics.began()
    metrics.ended(.error, terminal: true, seconds: 0.2)
    #expect(registry.exposition().contains("terminal_reconcile_errors_total{controller=\"sweep\"} 1\n"))
    #expect(registry.exposition().contains("active_workers{controller=\"sweep\"} 0\n"))
  }

  @Test("A process's stat line is read even when its name holds parentheses and blanks")
  func stat() throws {
    let line = "42 (a b) c) S 1 42 42 0 -1 4194304 100 0 0 0 7 3 0 0 20 0 5 0 12345 1048576 25 18446744073709551615"
    let stat = try #require(ProcessStat(line))
    #expect(stat.userTicks == 7)
    #expect(stat.systemTicks == 3)
    #expect(stat.startTicks == 12345)
    #expect(stat.virtualBytes == 1_048_576)
    #expect(stat.residentPages == 25)
    #expect(ProcessStat("nonsense") == nil)
    #expect(ProcessStat.bootTime("cpu 1 2\nbtime 1700000000\n") == 1_700_000_000)
  }

  @Test("The process metrics of this process are there")
  func process() {
    let registry = MetricRegistry()
    _ = ProcessMetrics(registry)
    let text = registry.exposition()
    #expect(text.contains("process_resident_memory_bytes "))
    #expect(!text.contains("process_resident_memory_bytes 0\n"))
    #expect(!text.contains("process_open_fds 0\n"))
    #expect(!text.contains("process_start_time_seconds 0\n"))
  }

  @Test("Many tasks that count at once lose nothing")
  func concurrent() async {
    let counter = MetricRegistry().counter("c_total", help: "C", labels: ["l"])
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<8 {
        group.addTask { for _ in 0..<1000 { counter.increment("x") } }
      }
    }
    #expect(counter.value("x") == 8000)
  }
}
