import ExactJSON
import OrderedCollections
import Purchasing

extension JSON {
    /// The members of an object that are not `null`, which is the same as being left out.
    var present: [String: JSON] {
        Dictionary(uniqueKeysWithValues: (object ?? [:]).filter { !$0.value.isNull }.map { ($0.key, $0.value) })
    }

    /// A fault for each member that a body does not have; a misspelt one must not change what is done.
    func strangers(to known: [String]) -> [Fault] {
        let list = known.isEmpty ? "this body has no fields" : "fields are \(known.joined(separator: ", "))"
        return (object?.keys.elements ?? []).filter { !known.contains($0) }.map { name in
            let step = name.prefix(64).replacing("~", with: "~0").replacing("/", with: "~1")
            return Fault(.pointer("/" + step), "unknown_field", "there is no such field; " + list)
        }
    }
}
