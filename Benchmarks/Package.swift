// swift-tools-version: 6.2

// Benchmarks, in a package of their own: the programs that Martlet is measured against are no dependencies of it.

import PackageDescription

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .treatAllWarnings(as: .error),
]

func martlet(_ product: String) -> Target.Dependency { .product(name: product, package: "martlet") }

let package = Package(
  name: "martlet-benchmarks",
  dependencies: [
    .package(name: "martlet", path: ".."),
    .package(url: "https://github.com/swift-server/async-http-client", exact: "1.37.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.81.0"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
  ],
  targets: [
    .target(name: "Measuring", swiftSettings: strict),
    .executableTarget(
      name: "bench-transport", dependencies: ["Measuring", martlet("Transport")], path: "Sources/TransportLoad",
      swiftSettings: strict),
    .executableTarget(
      name: "bench-async-http-client",
      dependencies: [
        "Measuring", .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ],
      path: "Sources/AsyncHTTPClientLoad", swiftSettings: strict),
    .executableTarget(
      name: "bench-best-run", dependencies: ["Measuring", martlet("MLflow"), martlet("Postgres")],
      path: "Sources/BestRun", swiftSettings: strict),
    .executableTarget(
      name: "bench-run-creation", dependencies: ["Measuring", martlet("MLflow"), martlet("Transport")],
      path: "Sources/RunCreation", swiftSettings: strict),
    .executableTarget(
      name: "bench-search", dependencies: ["Measuring", martlet("Search")], path: "Sources/SearchTime",
      swiftSettings: strict),
    .executableTarget(
      name: "bench-search-quality", dependencies: [martlet("Search")], path: "Sources/SearchQuality",
      swiftSettings: strict),
    .executableTarget(
      name: "bench-kubelet",
      dependencies: [
        "Measuring", martlet("KubernetesAPI"), martlet("CRDTypes"), martlet("JSON"), martlet("Postgres"),
      ],
      path: "Sources/NoOpKubelet", swiftSettings: strict),
    .executableTarget(
      name: "bench-orchestration",
      dependencies: [
        "Measuring", martlet("JSON"), martlet("MLflow"), martlet("Operator"), martlet("Planning"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Sources/Orchestration", swiftSettings: strict,
      // As the program that it stands for is linked.
      linkerSettings: [
        .unsafeFlags([
          "-use-ld=lld", "-Xlinker", "--no-export-dynamic", "-Xlinker", "--icf=safe", "-Xlinker", "-z", "-Xlinker",
          "pack-relative-relocs",
        ])
      ]),
  ]
)
