// swift-tools-version: 6.2

import PackageDescription

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .treatAllWarnings(as: .error),
]

/// For pure modules whose tests simulate: optimised in debug builds too.
let optimized: [SwiftSetting] = [.unsafeFlags(["-O"], .when(configuration: .debug))]

/// For programs as they ship: nothing is exported, so that what is not used is left out, and functions whose code is the
/// same share it. Debug builds keep the linker that they have.
let compact: [LinkerSetting] = [
  .unsafeFlags(
    ["-use-ld=lld", "-Xlinker", "--no-export-dynamic", "-Xlinker", "--icf=safe"], .when(configuration: .release))
]

/// Relocations as a bitmap, a tenth of the size; glibc has read it since 2.36, which is Debian 12's.
let packedRelocations: LinkerSetting = .unsafeFlags(
  ["-Xlinker", "-z", "-Xlinker", "pack-relative-relocs"], .when(configuration: .release))

/// A module: its folder is `Sources/NAME`.
func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(name: name, dependencies: dependencies, swiftSettings: strict)
}

let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let log = Target.Dependency.product(name: "Logging", package: "swift-log")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")

let package = Package(
  name: "martlet",
  products: [
    .executable(name: "martlet", targets: ["Martlet"]),
    .executable(name: "martlet-local", targets: ["LocalCluster"]),
    .executable(name: "kubectl-martlet", targets: ["KubectlPlugin"]),
    // What Benchmarks/ measures.
    .library(name: "CRDTypes", targets: ["CRDTypes"]),
    .library(name: "JSON", targets: ["JSON"]),
    .library(name: "KubernetesAPI", targets: ["KubernetesAPI"]),
    .library(name: "MLflow", targets: ["MLflow"]),
    .library(name: "Operator", targets: ["Operator"]),
    .library(name: "Planning", targets: ["Planning"]),
    .library(name: "Postgres", targets: ["Postgres"]),
    .library(name: "Search", targets: ["Search"]),
    .library(name: "Transport", targets: ["Transport"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    // Without its defaults, for which the whole of Foundation would be linked.
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
  ],
  targets: [
    // System libraries, and what their headers need to be called from Swift.
    .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .systemLibrary(name: "CPostgres", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
    .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
    .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CLinux"),

    // Values and decisions: no input or output.
    module("JSON"),
    module("CRDTypes", ["JSON"]),
    // Loops over numbers are a hundred times slower unoptimised, and tests run thousands of searches and sweeps.
    .target(name: "Search", swiftSettings: strict + optimized),
    .target(name: "Planning", dependencies: ["JSON", "CRDTypes", "Search"], swiftSettings: strict + optimized),
    module("Charting"),

    // Connections to the outside.
    module("YAML", ["JSON", "CYAML"]),
    .executableTarget(name: "crdgen", dependencies: ["JSON", "YAML", "CRDTypes"], swiftSettings: strict),
    module("Threads"),
    module("Transport", ["CCurl", "CLinux", "Threads"]),
    module("KubernetesAPI", ["JSON", "YAML", "CRDTypes", "CLinux", "Transport"]),
    module("Postgres", ["CPostgres", "CLinux", "Threads"]),
    module("MLflow", ["JSON", "Threads", "Postgres", "Transport"]),
    module("FeatureStore", ["CRDTypes", "Postgres"]),
    module("Observability", ["JSON", "Threads"]),
    module("ControllerKit", ["Threads", "JSON", "CRDTypes", "KubernetesAPI", "Transport", "Observability", "Planning"]),
    module("HealthServer", ["CLinux", "Threads", "Observability"]),

    // The local cluster: a stand-in for Kubernetes on one machine. Nothing of it is in the operator.
    .target(
      name: "KubernetesSchema", dependencies: ["JSON"], exclude: ["CONTRACT.md"], swiftSettings: strict),
    .target(
      name: "LocalAPIServer",
      dependencies: [
        "Threads", "JSON", "CRDTypes", "YAML", "COpenSSL", "KubernetesSchema", hummingbird, log,
        .product(name: "HummingbirdTLS", package: "hummingbird"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ], swiftSettings: strict),
    module("Processes", ["CLinux", "Threads"]),
    module(
      "LocalNode",
      ["Threads", "JSON", "CRDTypes", "Observability", "CLinux", "KubernetesAPI", "Transport", "Processes"]),
    module("LocalNetwork", ["Threads", "JSON", "CRDTypes", "KubernetesAPI", "Observability", "Processes"]),
    module("LocalControllers", ["Threads", "JSON", "CRDTypes", "Observability", "KubernetesAPI", "ControllerKit", "Planning"]),

    // Programs.
    .target(
      name: "Operator",
      dependencies: [
        "CLinux", "Threads",
        "JSON", "CRDTypes", "Search", "Planning", "Transport", "KubernetesAPI", "Postgres", "MLflow", "FeatureStore",
        "Observability", "ControllerKit", "HealthServer", "YAML", arguments,
      ], swiftSettings: strict),
    .executableTarget(
      name: "Martlet", dependencies: ["Operator", arguments], swiftSettings: strict,
      linkerSettings: compact + [packedRelocations]),
    .executableTarget(
      name: "LocalCluster",
      dependencies: [
        "JSON", "CRDTypes", "KubernetesAPI", "Transport", "ControllerKit", "Observability", "Processes", "LocalAPIServer",
        "LocalControllers", "LocalNode", "LocalNetwork", arguments,
      ], swiftSettings: strict, linkerSettings: compact),

    .executableTarget(
      name: "KubectlPlugin",
      dependencies: [
        "JSON", "YAML", "CRDTypes", "Charting", "Transport", "KubernetesAPI", "Postgres", "MLflow", "FeatureStore", arguments,
      ],
      swiftSettings: strict, linkerSettings: compact),

    // What tests of several modules start: real servers on free ports.
    .target(name: "TestSupport", dependencies: ["CLinux"], path: "Tests/TestSupport", swiftSettings: strict),
    tests("CRDTypesTests", ["CRDTypes", "JSON", "YAML"]),
    tests("JSONTests", ["JSON"]),
    tests("YAMLTests", ["YAML", "JSON"]),
    tests("KubernetesAPITests", ["Threads", "KubernetesAPI", "JSON", "CRDTypes", "Transport", "TestSupport"]),
    tests("HealthServerTests", ["HealthServer", "JSON", "Observability", "Transport"]),
    tests("ObservabilityTests", ["Threads", "Observability", "JSON"]),
    tests("ControllerKitTests", ["Threads", "ControllerKit", "JSON", "CRDTypes", "KubernetesAPI", "Observability", "Planning"]),
    tests("TransportTests", ["Transport", "TestSupport"]),
    tests("PostgresTests", ["Postgres", "TestSupport"]),
    tests("MLflowTests", ["MLflow", "JSON", "Threads", "Postgres", "Transport", "TestSupport"]),
    tests("FeatureStoreTests", ["FeatureStore", "Postgres", "TestSupport"]),
    tests("KubernetesSchemaTests", ["KubernetesSchema", "JSON", "CRDTypes"]),
    tests("LocalAPIServerTests", ["LocalAPIServer", "JSON", "CRDTypes", "KubernetesSchema", "Transport"]),
    tests("LocalNodeTests", ["LocalNode", "JSON", "CRDTypes"]),
    tests("LocalControllersTests", ["LocalControllers", "JSON", "CRDTypes"]),
    tests("LocalNetworkTests", ["LocalNetwork", "JSON", "CRDTypes", "Processes"]),
    tests("ProcessesTests", ["Processes"]),
    .testTarget(
      name: "EndToEndTests", dependencies: ["JSON", "YAML", "CRDTypes", "KubernetesAPI", "Transport", "TestSupport"],
      path: "Tests/EndToEnd", exclude: ["Fixtures"], swiftSettings: strict),
    .testTarget(name: "SearchTests", dependencies: ["Search"], exclude: ["Fixtures"], swiftSettings: strict),
    tests(
      "KubectlPluginTests",
      ["KubectlPlugin", "JSON", "YAML", "CRDTypes", "Charting", "KubernetesAPI", "Postgres", "FeatureStore"]),
    tests("PlanningTests", ["Planning", "JSON", "CRDTypes", "Search", "TestSupport"]),
    tests(
      "OperatorTests",
      [
        "Operator", "Threads", "Search", "Planning", "JSON", "CRDTypes", "ControllerKit", "KubernetesAPI", "MLflow",
        "Postgres", "FeatureStore", "Transport", "Observability", "TestSupport",
      ]),
  ]
)
