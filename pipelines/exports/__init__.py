"""Exports: the files that a run is given away in, each written whole."""
