"""Fault trials, run by `scripts/faults`: input with known content, and ways to damage it."""
