import ExactJSON
import Foundation
import Purchasing
import Testing
import VendorHTTP

struct `The redaction` {
    private let secret = "Canary+key/01?~=ü"
    private var redaction: Redaction { Redaction(hiding: Secret(secret)) }

    @Test func `hides the key in every usual form`() {
        let base64 = Data(secret.utf8).base64EncodedString()
        let percent = secret.utf8.map { "%" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        let hexadecimal = secret.utf8.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        let forms = [
            secret, secret.uppercased(), "Canary%2Bkey%2F01%3F~%3D%C3%BC", "canary%2bkey%2f01%3f~%3d%c3%bc", base64,
            base64.replacingOccurrences(of: "=", with: ""),
            base64.replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_"), percent,
            hexadecimal, "Can\u{0}ary+key/01?~=ü",
        ]
        for form in forms {
            #expect(redaction.text("a \(form) b") == "a <redacted> b", "\(form)")
        }
    }

    @Test(arguments: [
        ("k3y", "<redacted>"), ("K3Y", "<redacted>"), ("k3", "k3"), ("a\u{0}", "a"), ("m@", "m@"), ("", ""),
    ])
    func `finds a short key, and leaves what is shorter`(text: String, shown: String) {
        #expect(Redaction(hiding: Secret("k3y")).text(text) == shown)
    }

    @Test(arguments: [
        ("http://u:p@1.2.3.4:80", "http://<redacted>@1.2.3.4:80"),
        ("socks5://u:p@w@host/x?a=b@c", "socks5://<redacted>@host/x?a=b@c"),
        ("a http://u:p@h, b https://h/a@b", "a http://<redacted>@h, b https://h/a@b"),
        ("http://token@h", "http://<redacted>@h"), ("mail a@b", "mail a@b"), ("x://y z@w", "x://y z@w"),
    ])
    func `hides the user and password of a URL`(text: String, shown: String) {
        #expect(redaction.text(text) == shown)
    }

    @Test func `cuts a text to 256 characters, and never through the middle of a key`() {
        #expect(redaction.text(String(repeating: "x", count: 5000)).count == 256)
        let late = String(repeating: "x", count: 250) + secret
        #expect(redaction.text(late) == String(repeating: "x", count: 250) + "<redac")
    }

    @Test func `takes out what a terminal or a log would obey`() {
        #expect(redaction.text("a\r\nb\u{1B}[31mc\u{202E}d\u{7F}e\u{2028}f") == "ab[31mcdef")
    }

    @Test func `hides credentials at any depth, under any spelling`() throws {
        let json = try JSON(
            parsing: """
                {"id":"1","Password":"x","data":[{"authInfo":{"login":"a","password":"b"},"pass_word":1,"api_key":"k",
                "deep":{"TOKEN":["t"],"note":"see \(secret)","pass":null,"passport":"kept"}}],"reboot-link":"https://x"}
                """.replacingOccurrences(of: "\n", with: ""), as: .answer)
        #expect(
            redaction.details(json).text
                == #"{"id":"1","Password":"<redacted>","data":[{"authInfo":"<redacted>","pass_word":"<redacted>","#
                + #""api_key":"<redacted>","deep":{"TOKEN":"<redacted>","note":"see <redacted>","pass":null,"#
                + #""passport":"kept"}}],"reboot-link":"<redacted>"}"#)
    }

    @Test func `keeps the first of a long list`() {
        let list = JSON.array((0..<100).map(JSON.int))
        #expect(redaction.details(list) == .array((0..<20).map(JSON.int)))
    }
}
