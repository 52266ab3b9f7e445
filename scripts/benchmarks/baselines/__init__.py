"""Opponents: the same work done otherwise, and the least work there is."""
