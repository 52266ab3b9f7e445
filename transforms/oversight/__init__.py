"""Oversight: how a rulebook's recommendations were followed, and on whom they fall."""
