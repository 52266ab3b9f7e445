"""Assess: the one composition of normalize, score, and route."""
