"""Nightly: apply what has arrived since last night, and find what it changes."""
