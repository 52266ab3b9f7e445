"""Exports: files made from a run for other programs and people, each written whole."""
