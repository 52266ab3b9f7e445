"""Avro files as frames, and frames as Avro files."""
