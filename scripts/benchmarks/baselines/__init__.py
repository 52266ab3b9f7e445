"""Baselines: other programs that do the same work, and one that only copies records."""
