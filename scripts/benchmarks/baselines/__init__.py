"""Baselines: the same work done in other ways, and the least possible work."""
