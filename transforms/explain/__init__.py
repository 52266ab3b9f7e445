"""Explain: one case, or an example, in words."""
