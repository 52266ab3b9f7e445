"""A Flink cluster on this machine: fetched once, started, and stopped."""
