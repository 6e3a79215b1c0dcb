import Testing

@testable import purser

/// Tables for people.
@Suite struct TextTableTests {
    @Test func `columns are as wide as their widest cell, and numbers end at one edge`() {
        var table = TextTable("VENDOR", .numbers("TOTAL"), "NOTE")
        table.rows = [["helodata", "9.00 USD", "cheap"], ["legacy", "131.00 USD", ""]]
        #expect(
            table.text == """
                VENDOR         TOTAL  NOTE
                helodata    9.00 USD  cheap
                legacy    131.00 USD

                """)
    }

    @Test(arguments: [
        ("", 0), ("abc", 3), ("é", 1), ("e\u{301}", 1), ("東京", 4), ("서울", 4), ("ｆ", 2), ("🙂", 2), ("Zürich…", 7),
    ])
    func `width is what a terminal shows`(text: String, width: Int) {
        #expect(text.displayWidth == width)
    }

    @Test func `wide and combining characters keep the columns in line`() {
        var table = TextTable("CITY", .numbers("N"))
        table.rows = [["東京", "1"], ["Zu\u{308}rich", "22"]]
        #expect(table.text == "CITY     N\n東京     1\nZu\u{308}rich  22\n")
    }

    @Test func `nothing in a cell acts on the terminal`() {
        var table = TextTable("NOTE", "END")
        table.rows = [["a\u{1B}[31mb\r\n\u{9B}c\u{202E}d", "x"]]
        #expect(table.text(colours: true).hasSuffix("\na\\u{1B}[31mb\\u{D}\\u{A}\\u{9B}c\\u{202E}d  x\n"))
        table.rows = [[String(repeating: "x", count: 1000), "x"]]
        let cut = String(repeating: "x", count: 300) + "…  x\n"
        #expect(table.text.hasSuffix("\n" + cut))
    }

    @Test func `colours are there only when they may be`() {
        var table = TextTable("A")
        table.add(["one"], .good)
        table.add(["two"], .plain)
        table.add(["three"], .doubtful)
        #expect(table.text(colours: true) == "A\n\u{1B}[32mone\u{1B}[0m\ntwo\n\u{1B}[33mthree\u{1B}[0m\n")
        #expect(table.text(colours: false) == "A\none\ntwo\nthree\n")
    }
}
