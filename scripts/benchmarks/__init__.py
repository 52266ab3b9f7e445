"""What `scripts/bench` measures, and with what it compares."""
