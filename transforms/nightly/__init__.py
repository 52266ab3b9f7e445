"""Upkeep: what has come since last night folded in, and what it changes."""
