// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

let argumentParser = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")

/// One layer of `Sources/Shared`. The compiler holds the layers apart: a layer sees what it names.
func layer(
  _ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource] = []
) -> Target {
  .target(
    name: name, dependencies: dependencies, path: "Sources/Shared/\(name)", resources: resources,
    swiftSettings: strict)
}

/// A system library: a module map and the few inline functions that Swift cannot import itself.
func system(_ name: String, pkgConfig: String, apt: String) -> Target {
  .systemLibrary(
    name: name, path: "Sources/Shared/C/\(name)", pkgConfig: pkgConfig, providers: [.apt([apt])])
}

/// A command line tool. It links only the layers that it names.
func tool(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .executableTarget(
    name: name, dependencies: dependencies + [argumentParser], path: "Sources/\(name)",
    swiftSettings: strict)
}

func tests(
  _ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []
) -> Target {
  .testTarget(
    name: name, dependencies: dependencies, path: "Tests/\(name)", exclude: exclude,
    swiftSettings: strict)
}

let package = Package(
  name: "wanctl",
  products: [
    // What the simulators in Tests/Sim may see of us.
    .library(name: "Model", targets: ["Model"]),
    .library(name: "LineModel", targets: ["LineModel"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
  ],
  targets: [
    system("CCurl", pkgConfig: "libcurl", apt: "libcurl4-openssl-dev"),
    system("CMicroHTTPD", pkgConfig: "libmicrohttpd", apt: "libmicrohttpd-dev"),
    system("CSQLite", pkgConfig: "sqlite3", apt: "libsqlite3-dev"),
    system("CSSH2", pkgConfig: "libssh2", apt: "libssh2-1-dev"),
    system("CYAML", pkgConfig: "yaml-0.1", apt: "libyaml-dev"),
    .target(
      name: "CPlatform", path: "Sources/Shared/C/CPlatform",
      cSettings: [
        .define("_GNU_SOURCE"), .enableWarning("all"), .treatAllWarnings(as: .error),
      ]),

    layer("Model"),
    layer("Control", ["Model"]),
    layer("LineModel", ["Model"]),
    layer("Config", ["Model", "CYAML"]),
    layer("Platform", ["Model", "CPlatform"]),
    layer("Measure", ["Model", "Platform"]),
    layer("HTTPClient", ["Model", "CCurl"]),
    layer("SSHClient", ["Model", "Platform", "CPlatform", "CSSH2"]),
    layer("Router", ["Model", "Control", "Platform", "HTTPClient", "SSHClient"]),
    layer("Alerts", ["Model", "Platform", "HTTPClient", "Service"]),
    layer("History", ["Model", "Platform", "CSQLite"]),
    layer("Service", ["Model", "Platform", logging]),
    layer(
      "Web", ["Model", "Platform", "CMicroHTTPD"],
      // They stand in the program itself: a page of ours is no file of the host.
      resources: ["page.html", "page.css", "page.js"].map { .embedInCode("Dashboard/\($0)") }),
    layer("Terminal", ["Model"]),
    layer("HistoryViews", ["Model", "History", "Terminal"]),
    layer("Commands", ["Model", "Platform", argumentParser]),
    layer(
      "Daemon",
      [
        "Model", "Control", "LineModel", "Config", "Platform", "Measure", "Router", "History",
        "Alerts", "Service", logging,
      ]),

    layer(
      "Diagnose",
      [
        "Model", "Config", "Platform", "HTTPClient", "SSHClient", "Router", "Service", "Terminal",
      ]),

    layer(
      "Setup",
      [
        "Model", "Config", "Platform", "Measure", "HTTPClient", "SSHClient", "Router", "Service",
        "Terminal", "Diagnose",
      ]),

    tool("wanctl-ping", ["Model", "Platform", "Measure", "Commands"]),
    tool(
      "wanctl-cake",
      [
        "Model", "Config", "Platform", "HTTPClient", "Router", "Service", "Terminal", "Diagnose",
        "Commands",
      ]),
    tool(
      "wanctl-setq",
      [
        "Model", "Config", "Platform", "HTTPClient", "SSHClient", "Router", "Terminal", "Commands",
      ]),
    tool(
      "wanctl-loop",
      [
        "Model", "Config", "Control", "LineModel", "Platform", "Router", "Alerts", "Service", "Web",
        "Terminal", "Commands", "Daemon", "Diagnose", "Setup",
      ]),
    tool(
      "wanctl-steer",
      [
        "Model", "Config", "Platform", "Router", "Service", "Web", "Terminal", "Commands", "Daemon",
        "Diagnose",
      ]),
    tool(
      "wanctl-history",
      ["Model", "Config", "Platform", "History", "Terminal", "HistoryViews", "Commands"]),

    // What several test targets want.
    .target(
      name: "TestSupport", dependencies: ["Model", "Platform", "History"], path: "Tests/Support",
      swiftSettings: strict),
    tests("ModelTests", ["Model", "TestSupport"]),
    tests("ControlTests", ["Model", "Control", "TestSupport"]),
    tests("LineModelTests", ["Model", "LineModel"]),
    tests("ConfigTests", ["Model", "Config", "TestSupport"]),
    tests("PlatformTests", ["Model", "Platform", "TestSupport"]),
    tests("MeasureTests", ["Model", "Platform", "Measure", "TestSupport"]),
    tests("SSHClientTests", ["Model", "Platform", "SSHClient", "TestSupport"]),
    tests(
      "RouterTests",
      ["Model", "Control", "Platform", "HTTPClient", "SSHClient", "Router", "TestSupport"]),
    tests("AlertsTests", ["Model", "Platform", "HTTPClient", "Alerts", "TestSupport"]),
    tests("HistoryTests", ["Model", "Platform", "History", "TestSupport"]),
    tests(
      "HistoryViewsTests",
      ["Model", "Platform", "History", "Terminal", "HistoryViews", "TestSupport"]),
    tests("ServiceTests", ["Model", "Platform", "Service", logging, "TestSupport"]),
    tests("WebTests", ["Model", "Platform", "Web", "TestSupport"]),
    tests("CommandsTests", ["Model", "Platform", "Commands", argumentParser]),
    tests("TerminalTests", ["Model", "Terminal"]),
    tests(
      "DaemonTests",
      [
        "Model", "Control", "LineModel", "Config", "Platform", "Measure", "Router", "History",
        "Service", "Daemon", logging, "TestSupport",
      ]),
    tests(
      "DiagnoseTests",
      [
        "Model", "Config", "Platform", "HTTPClient", "Router", "Service", "Terminal", "Diagnose",
        "TestSupport",
      ]),
    tests(
      "SetupTests",
      [
        "Model", "Config", "LineModel", "Platform", "HTTPClient", "Router", "Diagnose", "Setup",
        "TestSupport",
      ]),
    // Recorded decisions of the original; Tests/Vectors/given holds them.
    tests(
      "Vectors",
      [
        "Model", "Control", "Config", "Platform", "Measure", "Router", "History", "Service",
        "Daemon",
      ],
      exclude: ["given"]),
    // Counts what the hot paths cost; `make bench` runs it, nothing installs it.
    .target(
      name: "CAllocationCount", path: "Tests/Bench/CAllocationCount",
      cSettings: [.enableWarning("all"), .treatAllWarnings(as: .error)]),
    .executableTarget(
      name: "wanctl-bench",
      dependencies: [
        "Model", "Control", "Platform", "Measure", "History", "Daemon", "TestSupport",
        "CAllocationCount",
      ],
      path: "Tests/Bench", exclude: ["CAllocationCount"], swiftSettings: strict),
    // Measures writes and failovers on a simulated router; scripts/bench-router runs it.
    .executableTarget(
      name: "router-bench",
      dependencies: ["Model", "Platform", "HTTPClient", "SSHClient", "Router"],
      path: "Tests/RouterBench", swiftSettings: strict),
    // Writes and maintains until a test kills it.
    .executableTarget(
      name: "history-workload", dependencies: ["Model", "Platform", "History"],
      path: "Tests/HistoryWorkload", swiftSettings: strict),
    // The real binaries against the simulators of Tests/Sim.
    tests(
      "EndToEnd",
      ["Model", "Platform", "History", "HTTPClient", "SSHClient", "Router", "TestSupport"]),
  ],
  swiftLanguageModes: [.v6]
)
