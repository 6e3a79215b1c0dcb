import Foundation
import Testing

@testable import Purchasing

/// Where events may go: what an attacker who can name a URL would try (S12), line by line.
@Suite struct WebhookURLTests {
    @Test(arguments: [
        ("https://hooks.example.com", "hooks.example.com", 443, "/"),
        ("https://Hooks.Example.com:8443/a/b?c=d", "hooks.example.com", 8443, "/a/b?c=d"),
        ("http://10.0.0.7:8080/x", "10.0.0.7", 8080, "/x"), ("https://[FD00::7]?q", "[fd00::7]", 443, "/?q"),
        ("https://xn--bcher-kva.example/", "xn--bcher-kva.example", 443, "/"),
        ("https://localhost/", "localhost", 443, "/"),
        ("https://a.example/~%2F%c3;v=1/@:?a=!$&'()*+,?/", "a.example", 443, "/~%2F%c3;v=1/@:?a=!$&'()*+,?/"),
    ])
    func `a URL is read in one way`(text: String, host: String, port: Int, target: String) throws {
        let url = try WebhookURL(text)
        #expect(url.host.description == host && url.port == port && url.target == target && url.text == text)
    }

    @Test(arguments: [
        "", "hooks.example.com", "ftp://a.example/", "file:///etc/passwd", "gopher://a.example/", "HTTPS://a.example/",
        "https:/a.example", "https://", "https:///x", "https://user@a.example/", "https://a.example@127.0.0.1/",
        "https://user:pw@a.example/", "https://a.example\\@127.0.0.1/", "https://a.example#@127.0.0.1/",
        "https://a.example/#x", "https://a.example /", "https://a.example/\u{0}", "https://a.example/ä",
        "https://a%2eexample/", "https://a_b.example/", "https://-a.example/", "https://a..example/",
        "https://a.example./",
        "https://a.example:0/", "https://a.example:/", "https://a.example:65536/", "https://a.example:022/",
        "https://a.example:+22/", "https://2130706433/", "https://0x7f000001/", "https://0x7f.0.0.1/", "https://127.1/",
        "https://127.0.1/", "https://0177.0.0.1/", "https://127.0.0.01/", "https://0/", "https://1.2.3.4.5/",
        "https://a.0x10/", "https://[::ffff:127.0.0.1]/", "https://[::ffff:7f00:1]/", "https://[::1/", "https://::1/",
        "https://a.example/a%zz", "https://a.example/%", "https://a.example/%4", "https://a.example/?q=%g0",
        "https://a.example/[x]", "https://a.example/?a[]=b",
        "https://[fe80::1%25eth0]/", "https://[127.0.0.1]/", "https://" + String(repeating: "a", count: 2048),
    ])
    func `whatever could be read in two ways is none`(text: String) {
        #expect(throws: WebhookURL.Objection.self) { try WebhookURL(text) }
    }

    @Test(arguments: [
        ("93.184.215.14", NetworkAddress.Reach.everywhere), ("2606:4700::1111", .everywhere),
        ("100.128.0.1", .everywhere),
        ("172.32.0.1", .everywhere), ("127.0.0.1", .inside), ("127.255.255.254", .inside), ("::1", .inside),
        ("10.1.2.3", .inside), ("172.16.0.1", .inside), ("172.31.255.255", .inside), ("192.168.0.1", .inside),
        ("100.64.0.1", .inside), ("fd12::1", .inside), ("::ffff:10.0.0.1", .inside), ("64:ff9b::7f00:1", .inside),
        ("2002:7f00:1::", .nowhere), ("2002:5db8:d70e::1", .nowhere), ("169.254.169.254", .nowhere),
        ("::ffff:169.254.169.254", .nowhere),
        ("64:ff9b::a9fe:a9fe", .nowhere), ("2002:a9fe:a9fe::", .nowhere), ("100.100.100.200", .nowhere),
        ("168.63.129.16", .nowhere), ("fd00:ec2::254", .nowhere), ("fe80::1", .nowhere), ("0.0.0.0", .nowhere),
        ("0.1.2.3", .nowhere), ("::", .nowhere), ("::127.0.0.1", .nowhere), ("224.0.0.1", .nowhere),
        ("255.255.255.255", .nowhere), ("ff02::1", .nowhere), ("192.0.2.1", .nowhere), ("2001:db8::1", .nowhere),
        ("2001:0:53aa::1", .nowhere),
        ("2001:0:4136:e378:8000:63bf:3fff:fdd2", .nowhere), ("198.18.0.1", .nowhere),
    ])
    func `it is known where an address leads`(text: String, reach: NetworkAddress.Reach) throws {
        #expect(try #require(NetworkAddress(text)).reach == reach)
    }

    @Test func `nothing may be sent anywhere until a host is allowed`() throws {
        let objection = WebhookHosts().objection(to: try WebhookURL("https://hooks.example.com/"))
        #expect(objection?.code == "host_not_allowed")
        #expect(
            objection?.detail.contains("hooks.example.com is not allowed: add it to webhooks.allowed_hosts") == true)
    }

    @Test(arguments: [
        ("https://hooks.example.com/", nil), ("https://HOOKS.example.com:443/x", nil),
        ("https://hooks.example.com:22/", "host_not_allowed"),
        ("https://hooks.example.com:8443/", "host_not_allowed"), ("http://hooks.example.com/", "host_not_allowed"),
        ("https://evil.hooks.example.com/", "host_not_allowed"), ("https://example.com/", "host_not_allowed"),
        ("https://other.example:8443/", nil), ("https://other.example/", "host_not_allowed"),
        ("http://other.example:8443/", "http_not_allowed"), ("https://10.0.0.7:9000/", nil),
        ("https://10.0.0.7/", "host_not_allowed"),
        ("https://[fd00::7]/", nil), ("https://[fd00:0::0007]/", nil), ("https://127.0.0.1/", "host_not_allowed"),
    ])
    func `a host is allowed at its port, exactly`(text: String, code: String?) throws {
        let hosts = WebhookHosts(
            allowed: ["hooks.example.com", "other.example:8443", "10.0.0.7:9000", "[fd00::7]"].compactMap(
                WebhookHosts.Entry.init))
        #expect(hosts.allowed.count == 4)
        #expect(hosts.objection(to: try WebhookURL(text))?.code == code)
    }

    @Test func `http is allowed only where the configuration says so, and the port`() throws {
        let hosts = WebhookHosts(
            allowed: [.init("a.example:80"), .init("b.example")].compactMap(\.self), allowsHTTP: true)
        #expect(hosts.objection(to: try WebhookURL("http://a.example/")) == nil)
        #expect(hosts.objection(to: try WebhookURL("http://b.example/"))?.code == "host_not_allowed")
    }

    @Test(arguments: ["", "a.example/", "https://a.example", "*.example", "a.example:0", "0x7f.1", "fd00::7", "a b"])
    func `an entry is a host and perhaps a port, and nothing else`(text: String) {
        #expect(WebhookHosts.Entry(text) == nil)
    }

    @Test func `a name leads inside only where that is allowed, and never to where no receiver is`() throws {
        let name = WebhookURL.Host.name("a.example")
        let address = { (text: String) throws in try #require(NetworkAddress(text)) }
        let (closed, open) = (WebhookHosts(), WebhookHosts(allowsPrivate: true))
        #expect(try closed.allows(address("93.184.215.14"), of: name))
        #expect(try !closed.allows(address("127.0.0.1"), of: name))
        #expect(try open.allows(address("127.0.0.1"), of: name))
        #expect(try !open.allows(address("169.254.169.254"), of: name))
        let own = try address("127.0.0.1")
        #expect(closed.allows(own, of: .address(own)))
        #expect(try !closed.allows(address("10.0.0.1"), of: .address(own)))
    }
}
