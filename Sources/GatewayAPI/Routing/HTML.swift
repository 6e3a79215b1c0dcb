/// Pages for a browser, whole in themselves: no script, nothing fetched from anywhere.
enum HTML {
    /// - Parameters:
    ///   - title: plain text.
    ///   - width: how wide its text may be.
    ///   - body: the page's own markup.
    static func page(title: String, width: String, body: String) -> String {
        """
        <!doctype html>
        <html lang="en">
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width">
        <title>\(escaped(title))</title>
        <style>body{font:1rem/1.5 system-ui,sans-serif;max-width:\(width);margin:3rem auto;padding:0 1rem}
        dt{font-weight:600;margin-top:1rem}dd{margin:0}summary{cursor:pointer}details{margin:.4rem 0}
        details>*:not(summary){margin-left:1.2rem}pre{overflow-x:auto;background:#8881;padding:.6rem}
        table{border-collapse:collapse}td,th{border-bottom:1px solid #8884;padding:.2rem .8rem .2rem 0;text-align:left;
        vertical-align:top}</style>
        \(body)
        </html>

        """
    }

    static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;")
    }

    /// What the contract's descriptions use of Markdown: paragraphs, `code` and **strong** words.
    static func prose(_ text: String) -> String {
        text.split(separator: "\n\n").map { paragraph in
            let marked = escaped(String(paragraph))
                .replacing(#/`([^`]+)`/#) { "<code>\($0.output.1)</code>" }
                .replacing(#/\*\*([^*]+)\*\*/#) { "<strong>\($0.output.1)</strong>" }
            return "<p>\(marked)</p>"
        }.joined(separator: "\n")
    }
}
