/// Where the copies of a value share its fields. Only the value changes them, and only while no other copy holds them.
@usableFromInline final class SharedFields<Fields: Sendable>: @unchecked Sendable {
    @usableFromInline var fields: Fields

    @usableFromInline init(_ fields: Fields) { self.fields = fields }
}
