/// What finds the vendors that were seen to sell an order twice, however many orders there are: an index of those few alone.
extension Schema {
    static let ordersSoldTwice = """
        CREATE INDEX order_sold_twice ON purchase_order (vendor)
            WHERE instr(flags, '"possible_double_purchase"') > 0;
        """
}
