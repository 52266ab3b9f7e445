"""What data looks like: Avro schemas, rulebooks, and models of both."""
