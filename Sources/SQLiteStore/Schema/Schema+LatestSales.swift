/// What finds the orders that may have changed what was read from their vendors since.
extension Schema {
    static let latestSales = """
        CREATE INDEX order_sold_lately ON purchase_order (vendor, updated_at)
            WHERE status IN ('provisioning', 'completed', 'unknown');
        """
}
