// swift-tools-version: 6.2
import PackageDescription

/// One target for each vendor and for each dependency worth swapping; arrows point inward, to `Purchasing`.
/// `Tests/TidyTests` holds the arrows against the `import` lines.
let package = Package(
    name: "purser",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "purser", targets: ["purser"])
    ],
    dependencies: [
        // The minimum versions are those that carry the fixes of the advisories named in docs/security.md.
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        .target(
            name: "ExactJSON",
            dependencies: [
                .product(name: "OrderedCollections", package: "swift-collections")
            ]),
        .target(name: "Measuring"),
        .target(
            name: "Purchasing",
            dependencies: [
                "ExactJSON",
                "Measuring",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "OrderedCollections", package: "swift-collections"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]),
        .target(
            name: "VendorHTTP",
            dependencies: [
                "ExactJSON",
                "Purchasing",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "OrderedCollections", package: "swift-collections"),
            ]),
        .target(
            name: "WebhookHTTP",
            dependencies: [
                "Purchasing",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ]),
        .target(
            name: "HeloDataVendor",
            dependencies: [
                "ExactJSON", "Purchasing", "VendorHTTP",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "OrderedCollections", package: "swift-collections"),
            ]),
        .target(
            name: "LegacyVendor",
            dependencies: [
                "ExactJSON", "Purchasing", "VendorHTTP",
                .product(name: "OrderedCollections", package: "swift-collections"),
            ]),
        .target(
            name: "SQLiteStore",
            dependencies: [
                "ExactJSON",
                "Purchasing",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "OrderedCollections", package: "swift-collections"),
            ]),
        .target(
            name: "GatewayAPI",
            dependencies: [
                "ExactJSON",
                "Measuring",
                "Purchasing",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
                .product(name: "OrderedCollections", package: "swift-collections"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Yams", package: "Yams"),
            ]),
        .target(
            name: "VendorSandbox",
            dependencies: [
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]),
        .executableTarget(
            name: "purser",
            dependencies: [
                "ExactJSON", "GatewayAPI", "HeloDataVendor", "LegacyVendor", "Purchasing", "SQLiteStore",
                "VendorHTTP", "VendorSandbox", "WebhookHTTP",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                .product(name: "Yams", package: "Yams"),
            ]),
        .target(
            name: "PurchasingTestKit",
            dependencies: ["ExactJSON", "Purchasing", .product(name: "Logging", package: "swift-log")],
            path: "Tests/PurchasingTestKit"),
        .testTarget(
            name: "PurserTests",
            dependencies: [
                "ExactJSON", "Purchasing", "PurchasingTestKit", "purser",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ]),
        .testTarget(name: "MeasuringTests", dependencies: ["Measuring", "PurchasingTestKit"]),
        .testTarget(name: "ExactJSONTests", dependencies: ["ExactJSON"]),
        .testTarget(name: "TidyTests"),
        .testTarget(
            name: "PurchasingTests",
            dependencies: [
                "ExactJSON", "Purchasing", "PurchasingTestKit", .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]),
        .testTarget(
            name: "GatewayAPITests",
            dependencies: [
                "ExactJSON",
                "GatewayAPI",
                "Purchasing",
                "PurchasingTestKit",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HummingbirdTesting", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "OrderedCollections", package: "swift-collections"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Yams", package: "Yams"),
            ]),
        .testTarget(
            name: "VendorSandboxTests",
            dependencies: [
                "VendorSandbox",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ]),
        .executableTarget(
            name: "StoreCrashProbe",
            dependencies: ["Purchasing", "SQLiteStore", .product(name: "Logging", package: "swift-log")],
            path: "Tests/StoreCrashProbe"),
        .testTarget(
            name: "SQLiteStoreTests",
            dependencies: [
                "ExactJSON", "Purchasing", "PurchasingTestKit", "SQLiteStore", "StoreCrashProbe",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Logging", package: "swift-log"),
            ]),
        .testTarget(
            name: "VendorHTTPTests",
            dependencies: [
                "ExactJSON", "Purchasing", "PurchasingTestKit", "VendorHTTP",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ]),
        .testTarget(
            name: "WebhookHTTPTests", dependencies: ["Purchasing", "PurchasingTestKit", "WebhookHTTP"]),
        .testTarget(
            name: "HeloDataVendorTests",
            dependencies: [
                "ExactJSON", "HeloDataVendor", "Purchasing", "PurchasingTestKit", "VendorHTTP", "VendorSandbox",
            ],
            resources: [.copy("Fixtures")]),
        .testTarget(
            name: "LegacyVendorTests",
            dependencies: [
                "ExactJSON", "LegacyVendor", "Purchasing", "PurchasingTestKit", "VendorHTTP", "VendorSandbox",
            ],
            resources: [.copy("Fixtures")]),
        .testTarget(
            name: "GatewayTests",
            dependencies: [
                "ExactJSON", "PurchasingTestKit", "VendorSandbox", "purser",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ]),
    ],
    swiftLanguageModes: [.v6]
)

for target in package.targets {
    target.swiftSettings = [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .treatAllWarnings(as: .error),
    ]
}
