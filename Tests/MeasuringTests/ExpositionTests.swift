import Measuring
import PurchasingTestKit
import Testing

@Suite struct ExpositionTests {
    @Test func `help and labels are escaped as Prometheus reads them`() throws {
        let text = Exposition.text([
            Family(
                "a_total", .counter, "one \\ and\ntwo \"three\"",
                [Sample([("name", "back\\slash \"quoted\"\nline"), ("other", "ä")], .count(3))]),
            Family("b_seconds", .gauge, "what", .seconds(nanoseconds: -1_500_000_000)),
            Family("c", .gauge, "nothing", []),
        ])
        #expect(
            text == """
                # HELP a_total one \\\\ and\\ntwo "three"
                # TYPE a_total counter
                a_total{name="back\\\\slash \\"quoted\\"\\nline",other="ä"} 3
                # HELP b_seconds what
                # TYPE b_seconds gauge
                b_seconds -1.5
                # HELP c nothing
                # TYPE c gauge

                """)
        let read = try ReadExposition(text)
        #expect(read.families.count == 3)
        #expect(read["b_seconds"] == "-1.5")
    }

    @Test func `a histogram has every duration in the buckets that it fits in`() throws {
        let histogram = DurationHistogram(bounds: [1, 10, 100])
        #expect(histogram.isEmpty)
        for milliseconds in [0, 1, 2, 10, 100, 5000] { histogram.note(.milliseconds(milliseconds)) }
        histogram.note(.seconds(-1))
        let read = try ReadExposition(
            Exposition.text([Family("t_seconds", .histogram, "time", histogram.samples([("a", "b")]))]))
        #expect(read["t_seconds_bucket{a=\"b\",le=\"0.001\"}"] == "3")
        #expect(read["t_seconds_bucket{a=\"b\",le=\"0.01\"}"] == "5")
        #expect(read["t_seconds_bucket{a=\"b\",le=\"0.1\"}"] == "6")
        #expect(read["t_seconds_bucket{a=\"b\",le=\"+Inf\"}"] == "7")
        #expect(read["t_seconds_count{a=\"b\"}"] == "7")
        #expect(read["t_seconds_sum{a=\"b\"}"] == "5.113")
    }

    @Test func `nothing is lost when many count at once`() async {
        let (tally, level, histogram) = (Tally(), Level(), DurationHistogram())
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<10_000 {
                        tally.add()
                        level.change(by: 1)
                        histogram.note(.milliseconds(3))
                        level.change(by: -1)
                    }
                }
            }
        }
        #expect(tally.value == 80_000)
        #expect(level.value == 0)
        let text = Exposition.text([Family("t_seconds", .histogram, "time", histogram.samples())])
        #expect(text.contains("t_seconds_count 80000\n"))
        #expect(text.contains("t_seconds_sum 240\n"))
    }

    @Test(arguments: [
        "a 1", "# HELP a b\na 1\n", "# HELP a b\n# TYPE a gauge\na{x=\"1\"} 1\na{x=\"1\"} 1\n",
        "# HELP a b\n# TYPE a counter\na 1\n", "# HELP a b\n# TYPE a gauge\na{x=\"\\t\"} 1\n",
        "# HELP a b\n# TYPE a gauge\nb 1\n", "# HELP a b\n# TYPE a gauge\na 1e5\n",
        "# HELP a b\n# TYPE a histogram\na_bucket{le=\"1\"} 2\na_bucket{le=\"+Inf\"} 1\na_sum 1\na_count 1\n",
    ]) func `the reader of the tests refuses what is not as it should be`(text: String) {
        #expect(throws: ReadExposition.Fault.self) { try ReadExposition(text) }
    }
}
