import ArgumentParser
import ExactJSON
import Purchasing

/// How words of a command line become values.
enum ArgumentForm {
    /// A number, digit for digit.
    @Sendable static func number(_ text: String) throws -> JSONNumber {
        guard let number = JSONNumber(decimal: text) else {
            throw ValidationError("expected a number such as 20 or 2.5")
        }
        return number
    }

    /// A whole number from 1 on, as the API has it: no vendor rents for half a day.
    @Sendable static func count(_ text: String) throws -> JSONNumber {
        guard let number = JSONNumber(decimal: text), let count = number.int, count >= 1,
            number.literal == String(count)
        else { throw ValidationError("expected a whole number from 1 on, such as 30") }
        return number
    }

    /// An order's id.
    @Sendable static func orderID(_ text: String) throws -> OrderID {
        guard let id = Identifier(text, kind: .order) else {
            throw ValidationError("an order's id is ord_ and 26 letters and digits")
        }
        return id
    }

    /// An action's id.
    @Sendable static func actionID(_ text: String) throws -> ActionID {
        guard let id = Identifier(text, kind: .action) else {
            throw ValidationError("an action's id is act_ and 26 letters and digits")
        }
        return id
    }

    /// An id that a vendor gave. It becomes a step of a path, so nothing else may be in it.
    @Sendable static func vendorID(_ text: String) throws -> String {
        guard (1...128).contains(text.utf8.count), text.utf8.first?.isASCIILetterOrDigit == true,
            text.utf8.allSatisfy({ $0.isASCIILetterOrDigit || "_-.:".utf8.contains($0) })
        else {
            throw ValidationError(
                "a vendor's id begins with a letter or digit and has letters, digits and _ - . : alone")
        }
        return text
    }
}
