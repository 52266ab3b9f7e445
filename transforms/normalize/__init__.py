"""Normalize: case records as agencies write them, in one spelling."""
