/// What finds the orders whose goods lapse soon.
extension Schema {
    static let lapsingOrders = """
        CREATE INDEX order_lapsing ON purchase_order (expires_at, id)
            WHERE status IN ('provisioning', 'completed') AND expires_at IS NOT NULL;
        """
}
