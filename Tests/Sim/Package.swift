// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

let package = Package(
  name: "wanctl-sim",
  dependencies: [
    .package(name: "wanctl", path: "../.."),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
  ],
  targets: [
    .target(
      name: "CNamespace",
      cSettings: [
        .define("_GNU_SOURCE"), .enableWarning("all"), .treatAllWarnings(as: .error),
      ]),
    .executableTarget(
      name: "RouterSim",
      dependencies: [
        "CNamespace",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ], swiftSettings: strict),
    .target(
      name: "CTimer",
      cSettings: [.enableWarning("all"), .treatAllWarnings(as: .error)]),
    .executableTarget(
      name: "LinkSim",
      dependencies: [
        "CTimer",
        .product(name: "Model", package: "wanctl"),
        .product(name: "LineModel", package: "wanctl"),
      ], swiftSettings: strict),
    .testTarget(
      name: "RouterSimTests",
      dependencies: [
        "RouterSim",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ], swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6]
)
