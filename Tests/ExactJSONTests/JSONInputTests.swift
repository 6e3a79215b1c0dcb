import ExactJSON
import Testing

@Suite struct `JSON input` {
    private struct Thing: Hashable {
        var name: String?
        var count: Int?
        var size: String?
        var isNew: Bool?
        var parts: [String]?
        var labels: [String] = []
    }

    /// A thing as its members stand in it; nil for anything else.
    private static func thing(_ text: String) -> Thing? {
        var input = JSONInput(text, as: .answer)
        var thing = Thing()
        input.object { input in
            thing.name = input.text("name")
            thing.count = input.int("count")
            thing.size = input.number("size")?.literal
            thing.isNew = input.bool("is_new")
            if input.next("parts") { thing.parts = input.texts() }
            guard input.next("labels") else { return }
            input.object { name, input in thing.labels.append(name + "=" + (input.string() ?? "")) }
        }
        return input.isWhole ? thing : nil
    }

    @Test func `members are read in their order, and what is not there is nil`() {
        #expect(Self.thing("{}") == Thing())
        #expect(Self.thing(#"{"count":-7,"is_new":false}"#) == Thing(count: -7, isNew: false))
        let whole = #"{"name":"a","count":12,"size":0.50,"is_new":true,"parts":["x","y"],"labels":{"a":"1","b":""}}"#
        let thing = Thing(name: "a", count: 12, size: "0.50", isNew: true, parts: ["x", "y"], labels: ["a=1", "b="])
        #expect(Self.thing(whole) == thing)
        #expect(Self.thing(#"{"parts":[],"labels":{}}"#) == Thing(parts: []))
        #expect(Self.thing(#"{ "name": "a", "parts": [ "x" ] }"#) == Thing(name: "a", parts: ["x"]))
    }

    @Test(arguments: ["plain", "", "\"q\" \\ /", "line\nbreak\t\u{0}\u{7F}", "ünïcödé 🧾", "\u{202E}"])
    func `a string is the one that a tree holds`(text: String) throws {
        let document = JSON.object([("name", .string(text))])
        #expect(Self.thing(document.text)?.name == text)
        #expect(try JSON(parsing: document.text, as: .answer) == document)
    }

    @Test(arguments: [
        "", "{", "[]", #"{"name":1}"#, #"{"name":"a"}x"#, #"{"name":"a",}"#, #"{"count":1,"name":"a"}"#,
        #"{"name":"a","name":"a"}"#, #"{"other":1}"#, #"{"count":1.5}"#, #"{"count":01}"#, #"{"count":"1"}"#,
        #"{"count":99999999999999999999}"#, #"{"is_new":tru}"#, #"{"is_new":1}"#, #"{"parts":["a",]}"#,
        #"{"parts":["a" "b"]}"#, #"{"parts":[1]}"#, #"{"labels":{"a":1}}"#, #"{"labels":{"a"}}"#, #"{"name":"a"#,
        #"{"name":"\ud800"}"#, "{\"name\":\"a\nb\"}", #"{"name":null}"#, #"{"count":1"is_new":true}"#, #"{,"count":1}"#,
    ])
    func `what is in another form is not read`(text: String) {
        #expect(Self.thing(text) == nil)
    }
}
