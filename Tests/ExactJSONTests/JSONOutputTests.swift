import ExactJSON
import Testing

@Suite struct `JSON output` {
    @Test func `a document that is written as it goes reads back as the tree`() throws {
        let inner: JSON = ["deep": [1, JSON.null, ["x": true]]]
        var output = JSONOutput()
        output.object { output in
            output.name("text")
            output.string("a")
            output.name("none")
            output.string(nil)
            output.name("whole")
            output.int(-7)
            output.name("no whole")
            output.int(nil)
            output.name("flag")
            output.bool(false)
            output.name("empty")
            output.object { _ in }
            output.name("list")
            output.texts(["x", "y"])
            output.name("nothing")
            output.texts([])
            output.name("tree")
            output.json(inner)
            output.name("no tree")
            output.json(nil)
        }
        let tree: JSON = [
            "text": "a", "none": .null, "whole": .int(-7), "no whole": .null, "flag": false, "empty": [:],
            "list": ["x", "y"], "nothing": [], "tree": inner, "no tree": .null,
        ]
        #expect(output.bytes == tree.bytes)
        #expect(try JSON(parsing: output.bytes) == tree)
    }

    @Test func `documents stand in lines of their own`() {
        var output = JSONOutput()
        for number in 1...2 {
            output.array { output in
                output.int(number)
                output.int(number)
            }
            output.newline()
        }
        #expect(String(decoding: output.bytes, as: UTF8.self) == "[1,1]\n[2,2]\n")
    }

    @Test func `every character comes back from between any others`() throws {
        let scalars = (0...0x2FFF).compactMap(Unicode.Scalar.init) + ["\u{1F600}", "\u{10FFFF}"]
        for scalar in scalars {
            for text in ["\(scalar)", "a\(scalar)", "\(scalar)b", "é\(scalar)\(scalar)\"\\c"] {
                var output = JSONOutput()
                output.string(text)
                let back = try JSON(parsing: output.bytes, as: .answer).string
                #expect(back.map { Array($0.utf8) } == Array(text.utf8), "U+\(String(scalar.value, radix: 16))")
                #expect(!output.bytes.contains { $0 < 0x20 || $0 == 0x7F })
            }
        }
    }
}
