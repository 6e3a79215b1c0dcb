extension Schema {
    /// What was last read from vendors, so that a restart starts warm. Nothing else depends on it, and it may be emptied at
    /// any time. The topic is `ReadingTopic.text`, the reading the text of `VendorReading.json`.
    static let vendorReadings = """
        CREATE TABLE vendor_reading (
            vendor TEXT NOT NULL,
            topic TEXT NOT NULL,
            read_at INTEGER NOT NULL,
            reading TEXT NOT NULL,
            PRIMARY KEY (vendor, topic)
        ) STRICT;
        CREATE INDEX vendor_reading_by_age ON vendor_reading (read_at);
        """
}
