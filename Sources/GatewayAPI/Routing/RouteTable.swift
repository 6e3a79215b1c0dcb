import HTTPTypes
import Purchasing

/// The routes of one side of the gateway, found by path and method.
///
/// Paths match exactly, segment by segment and byte by byte: `//orders`, `/orders/`, `/Orders` and `/%6frders` are no
/// paths of ours.
struct RouteTable: Sendable {
    /// A path and the routes that it has, by method.
    struct Resource: Sendable {
        let segments: [Segment]
        var routes: [HTTPRequest.Method: Route]

        /// The methods that the path takes, as an `Allow` field names them.
        var allow: String {
            let methods = routes.keys.map(\.rawValue) + (routes[.get] == nil ? [] : ["HEAD"])
            return methods.sorted().joined(separator: ", ")
        }
    }

    /// One step of a path.
    enum Segment: Sendable, Hashable {
        case literal(String)
        /// Any text; a route's handler judges it.
        case named(String)
    }

    /// A resource that a path leads to.
    struct Match: Sendable {
        let resource: Resource
        /// What stands where the resource's path has names.
        let names: [String: String]
        /// `/v1` when the path was asked for there, else nothing.
        let base: String
    }

    private let resources: [Resource]

    /// The routes that callers reach, with those of the local socket or without.
    init(isLocal: Bool, routes: [Route] = RouteTable.routes) {
        var resources: [Resource] = []
        for (number, route) in routes.enumerated() where isLocal || !route.isLocal {
            var route = route
            route.number = number
            let segments = Self.segments(ofPattern: route.path)
            if let index = resources.firstIndex(where: { $0.segments == segments }) {
                resources[index].routes[route.method] = route
            } else {
                resources.append(Resource(segments: segments, routes: [route.method: route]))
            }
        }
        self.resources = resources
    }

    /// The resource at a path as it stands in the request's head, without its query.
    func match(_ path: Substring) -> Match? {
        guard path.utf8.first == UInt8(ascii: "/") else { return nil }
        var steps = path.utf8.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            .map(Substring.init)[...]
        let isVersioned = steps.first == "v1"
        if isVersioned { steps = steps.dropFirst() }
        for resource in resources where resource.segments.count == steps.count {
            if let names = Self.names(in: steps, along: resource.segments) {
                return Match(resource: resource, names: names, base: isVersioned ? "/v1" : "")
            }
        }
        return nil
    }

    private static func names(in steps: ArraySlice<Substring>, along segments: [Segment]) -> [String: String]? {
        var names: [String: String] = [:]
        for (step, segment) in zip(steps, segments) {
            switch segment {
            case .literal(let text):
                guard step.utf8.elementsEqual(text.utf8) else { return nil }
            case .named(let name):
                guard !step.isEmpty else { return nil }
                names[name] = String(step)
            }
        }
        return names
    }

    private static func segments(ofPattern pattern: String) -> [Segment] {
        pattern.dropFirst().split(separator: "/").map { step in
            step.hasPrefix("{") ? .named(String(step.dropFirst().dropLast())) : .literal(String(step))
        }
    }
}
