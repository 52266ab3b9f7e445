"""Frames: what a PCollection holds, and what is done with any of them."""
