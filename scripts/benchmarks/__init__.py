"""What `scripts/bench` measures, and the programs that it compares Discretion with."""
