"""Frames: what a PCollection holds, and general operations on them."""
